import { generateKeyPairSync } from 'node:crypto';
import { forgedJws } from '@app/testing';
import jwt from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { ecKey, hmacKey, SigningKeys } from './signing-keys.js';

const pair = (id: string) => ({ id, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) });
const [older, newer] = [pair('older'), pair('newer')];
const ring = new SigningKeys([ecKey(newer), ecKey(older)]);

describe('a ring of keys', () => {
  it('signs with the first one', () => {
    const signed = ring.sign({ a: 1 }, 'at+jwt');
    expect(jwt.decode(signed, { complete: true })?.header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: 'newer' });
    expect(ring.verify(signed)).toMatchObject({ a: 1 });
  });

  it('verifies with each, until it is taken out', () => {
    const before = new SigningKeys([ecKey(older)]).sign({ a: 1 }, 'at+jwt');
    expect(ring.verify(before)).toMatchObject({ a: 1 });
    expect(new SigningKeys([ecKey(newer)]).verify(before)).toBeUndefined();
  });

  it('takes a key that only verifies, but not to sign', () => {
    const { id, publicKey } = older;
    const signed = new SigningKeys([ecKey(older)]).sign({ a: 1 }, 'at+jwt');
    expect(new SigningKeys([ecKey(newer), ecKey({ id, publicKey })]).verify(signed)).toMatchObject({ a: 1 });
    expect(() => new SigningKeys([ecKey({ id, publicKey })]).sign({}, 'at+jwt')).toThrow('only verifies');
  });

  it('publishes public halves only', () => {
    const jwks = ring.publicJwks();
    expect(jwks.map(({ kid }) => kid)).toEqual(['newer', 'older']);
    const { x, y } = newer.publicKey.export({ format: 'jwk' });
    expect(jwks[0]).toEqual({ kty: 'EC', crv: 'P-256', x, y, kid: 'newer', alg: 'ES256', use: 'sig' });
  });

  it('never publishes a shared secret', () => {
    expect(new SigningKeys([hmacKey('a secret of at least 32 characters')]).publicJwks()).toEqual([]);
  });

  it('is not empty and not of two kinds', () => {
    expect(() => new SigningKeys([])).toThrow('no key');
    expect(() => new SigningKeys([ecKey(newer), hmacKey('a secret of at least 32 characters')])).toThrow('one kind');
  });
});

describe('the key of a secret', () => {
  it('has an id of its own, which does not hold the secret', () => {
    const { id } = hmacKey('a secret of at least 32 characters');
    expect(id).toMatch(/^[\w-]{12}$/);
    expect(hmacKey('a secret of at least 32 characters').id).toBe(id);
    expect(hmacKey('b secret of at least 32 characters').id).not.toBe(id);
  });
});

describe('a token is refused', () => {
  const good = { alg: 'ES256', typ: 'at+jwt', kid: 'newer' };
  const sign = (changed: unknown) => forgedJws(changed, { a: 1 }, newer.privateKey);
  const whole = sign(good);
  const [header = '', payload = '', signature = ''] = whole.split('.');
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = newer.publicKey.export({ type: 'spki', format: 'pem' }).toString();

  it('except when it is ours', () => {
    expect(ring.verify(whole)).toEqual({ a: 1 });
    expect(ring.verify(sign({ alg: 'ES256', kid: 'newer' }))).toEqual({ a: 1 });
  });

  const cases: [string, string][] = [
    ['an unknown kid', sign({ ...good, kid: 'other' })],
    ['no kid', sign({ alg: 'ES256' })],
    ['the kid of another key of the ring', sign({ ...good, kid: 'older' })],
    ['a kid that is a path', sign({ ...good, kid: '../../dev/null' })],
    ['a kid that is no text', sign({ ...good, kid: ['newer'] })],
    ['a kid that every object has', sign({ ...good, kid: '__proto__' })],
    ['a key of its own (jwk)', sign({ ...good, jwk: foreign.publicKey.export({ format: 'jwk' }) })],
    ['an address of keys (jku)', sign({ ...good, jku: 'https://example.com/jwks' })],
    ['a certificate (x5c)', sign({ ...good, x5c: ['AAAA'] })],
    ['an address of certificates (x5u)', sign({ ...good, x5u: 'https://example.com/x' })],
    ['critical extensions', sign({ ...good, crit: ['exp'] })],
    ['a payload that is not encoded (b64)', sign({ ...good, b64: true })],
    ['a member nobody knows', sign({ ...good, cty: 'JWT' })],
    ['a type that is no text', sign({ ...good, typ: 1 })],
    ['another algorithm of the same key type', sign({ ...good, alg: 'ES384' })],
    ['the public key as a shared secret', forgedJws({ ...good, alg: 'HS256' }, { a: 1 }, spki)],
    ['the public key as a shared secret under our algorithm', forgedJws(good, { a: 1 }, spki)],
    ['somebody else’s key under our kid', forgedJws(good, { a: 1 }, foreign.privateKey)],
    ['a header that is a list', sign([])],
    ['a header that is no object', sign('ES256')],
    ['a header that is no JSON', `AAAA.${payload}.${signature}`],
    ['a changed payload', `${header}.e30.${signature}`],
    ['no signature', `${header}.${payload}.`],
    ['two parts', `${header}.${payload}`],
    ['four parts', `${whole}.`],
    ['padding', `${whole}==`],
    ['a blank in front', ` ${whole}`],
    ['a line break behind', `${whole}\n`],
    ['the other alphabet of base64', whole.replace(/[-_]/g, (c) => (c === '-' ? '+' : '/')) + '+'],
    ['an unused bit that is set', `${header}.${payload}.${signature.slice(0, -1)}${flipped(signature.slice(-1))}`],
    ['more than our tokens ever are', forgedJws(good, { a: 'x'.repeat(4_096) }, newer.privateKey)],
  ];

  it.each(cases)('%s', (_, text) => {
    expect(ring.verify(text)).toBeUndefined();
  });

  it.each(['none', 'None', 'NONE', 'nOnE', '', 'HS256', 'RS256', 'es256'])(
    'alg %j, with and without a signature',
    (alg) => {
      const unsigned = forgedJws({ ...good, alg }, { a: 1 }, null);
      expect(ring.verify(unsigned)).toBeUndefined();
      expect(ring.verify(forgedJws({ ...good, alg }, { a: 1 }, newer.privateKey))).toBeUndefined();
    },
  );
});

/** The last digit with a bit changed that 64 bytes leave over. */
function flipped(digit: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(digit) ^ 1] ?? '';
}
