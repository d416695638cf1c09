import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readJwk } from '@app/config';
import { ecKey, hmacKey, SigningKeys, type SigningKey } from '@app/security';
import { describe, expect, it } from 'vitest';
import { jwsCases, vectorsAreMissing, type JwsCase } from './wycheproof.js';

/**
 * Cases whose label cannot be followed. 367 and 370 are the same text as 357, which is valid (wycheproof issue 236: the
 * padding that they are about was lost). 372 and 373 have a `?` inside a part: RFC 7515 §5.2 allows no other characters
 * than base64url's, and the signature is over the text as it was sent.
 */
const MISLABELLED = { invalid: [367, 370], valid: [372, 373] };

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** The case's key as the platform reads it; undefined when it reads no such key. */
function keyOf({ key }: JwsCase): SigningKey | undefined {
  const { kty, alg, k, kid } = key;
  // A shared secret is no JSON Web Key in the configuration, but a text; its bytes and its id are what counts.
  if (kty === 'oct' && alg === 'HS256') return hmacKey(Buffer.from(String(k), 'base64url'), String(kid));
  const pair = readJwk(key);
  return pair && ecKey(pair);
}

/** What the verifier of access tokens says to a signature, whatever it is a signature of. */
function accepts(key: SigningKey, { jws }: JwsCase): boolean {
  return new SigningKeys([key]).verify(jws) !== undefined;
}

/** Keys of ours that go by the name which the case is looking for. */
function ownKeys({ key }: JwsCase): SigningKey[] {
  const id = String(key['kid']);
  return [hmacKey(randomBytes(32), id), ecKey({ id, publicKey })];
}

const say = (text: string) => process.stdout.write(`${text}\n`);
const ids = (cases: readonly JwsCase[]) => cases.map(({ tcId }) => tcId);
const isSupported = (one: JwsCase) => keyOf(one) !== undefined;
const isAccepted = (one: JwsCase) => [keyOf(one) ?? ownKeys(one)].flat().some((key) => accepts(key, one));

const cases = vectorsAreMissing === undefined ? jwsCases() : [];
const valid = cases.filter(({ result }) => result === 'valid');
const invalid = cases.filter(({ result }) => result === 'invalid');

/** `HS256: valid 8 of 10 accepted, invalid 2 of 30 accepted`. */
function counts(algorithm: string): string {
  const [ofValid, ofInvalid] = [valid, invalid].map((some) =>
    some.filter((one) => keyOf(one)?.algorithm === algorithm),
  );
  const count = (some: readonly JwsCase[] = []) => `${some.filter(isAccepted).length} of ${some.length} accepted`;
  return `${algorithm}: valid ${count(ofValid)}, invalid ${count(ofInvalid)}`;
}

/** The algorithms whose keys are not taken, with their cases counted. */
function unsupported(): string {
  const found = new Map<string, number>();
  for (const { key } of cases.filter((one) => !isSupported(one))) {
    const name = typeof key['alg'] === 'string' ? key['alg'] : `${String(key['kty'])} not for signing`;
    found.set(name, (found.get(name) ?? 0) + 1);
  }
  return [...found].map(([name, count]) => `${name} (${count})`).join(', ');
}

if (vectorsAreMissing !== undefined) say(`Wycheproof is skipped: ${vectorsAreMissing}`);

describe.skipIf(vectorsAreMissing !== undefined)('Wycheproof’s JSON Web Signatures', () => {
  it('have no label but valid and invalid', () => {
    expect(valid.length + invalid.length).toBe(cases.length);
  });

  it('that are invalid are refused', () => {
    expect(ids(invalid.filter(isAccepted))).toEqual(MISLABELLED.invalid);
  });

  it('that are valid and of a supported algorithm are accepted', () => {
    expect(ids(valid.filter(isSupported).filter((one) => !isAccepted(one)))).toEqual(MISLABELLED.valid);
  });

  it('of other algorithms are refused, even under a key id of ours', () => {
    expect(ids(cases.filter((one) => !isSupported(one)).filter(isAccepted))).toEqual([]);
  });

  it('whose label is not followed are as we say they are', () => {
    const textOf = (id: number) => cases.find(({ tcId }) => tcId === id)?.jws;
    for (const id of MISLABELLED.invalid) expect(textOf(id)).toBe(textOf(357));
    for (const id of MISLABELLED.valid) expect(textOf(id)?.replace('?', '')).toBe(textOf(357));
  });

  it('are counted', () => {
    const lines = [counts('HS256'), counts('ES256')];
    say(
      [
        `Wycheproof, JSON Web Signatures: ${cases.length} cases, ${valid.length} valid, ${invalid.length} invalid`,
        ...lines,
        `labels not followed: ${MISLABELLED.invalid.join(', ')} (text of a valid case), ${MISLABELLED.valid.join(', ')} (not base64url)`,
        `keys that are not taken, all cases refused: ${unsupported()}`,
      ].join('\n'),
    );
    expect(lines).toEqual([
      'HS256: valid 8 of 10 accepted, invalid 2 of 30 accepted',
      'ES256: valid 2 of 2 accepted, invalid 0 of 37 accepted',
    ]);
  });
});
