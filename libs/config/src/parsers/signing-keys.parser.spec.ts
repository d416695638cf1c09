import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signingKeys } from './signing-keys.parser.js';

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const [first, second] = [pair(), pair()];
const pem = ({ privateKey }: { privateKey: KeyObject }) =>
  privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const publicPem = ({ publicKey }: { publicKey: KeyObject }) =>
  publicKey.export({ format: 'pem', type: 'spki' }).toString();
const jwk = (key: KeyObject, more: object = {}) => ({ ...key.export({ format: 'jwk' }), ...more });
const ids = (text: string) => signingKeys.parse(text)?.map(({ id }) => id);

describe('signingKeys', () => {
  it('reads a JSON Web Key, a list of them, and a set', () => {
    const [one, two] = [jwk(first.privateKey, { kid: 'one' }), jwk(second.publicKey, { kid: 'two' })];
    expect(ids(JSON.stringify(one))).toEqual(['one']);
    expect(ids(JSON.stringify([one, two]))).toEqual(['one', 'two']);
    expect(ids(JSON.stringify({ keys: [one, two] }))).toEqual(['one', 'two']);
  });

  it('reads PEM blocks one after the other, also with line breaks written as \\n', () => {
    const text = pem(first) + publicPem(second);
    const keys = signingKeys.parse(text);
    expect(keys).toHaveLength(2);
    expect(keys?.[0]?.privateKey?.equals(first.privateKey)).toBe(true);
    expect(keys?.[1]).toEqual({ id: expect.any(String), publicKey: expect.anything() });
    expect(ids(text.replaceAll('\n', '\\n'))).toEqual(keys?.map(({ id }) => id));
  });

  it('reads the PEM that openssl ecparam writes', () => {
    expect(ids(first.privateKey.export({ format: 'pem', type: 'sec1' }).toString())).toHaveLength(1);
  });

  it('names a key without kid after its thumbprint (RFC 7638), the private and the public half alike', () => {
    const [id] = ids(pem(first)) ?? [];
    expect(id).toMatch(/^[\w-]{43}$/);
    expect(ids(JSON.stringify(jwk(first.privateKey)))).toEqual([id]);
    expect(ids(pem(second) + publicPem(first))?.[1]).toBe(id);
  });

  it('writes what it would read again', () => {
    const keys = signingKeys.parse(pem(first) + publicPem(second)) ?? [];
    expect(ids(signingKeys.write(keys))).toEqual(keys.map(({ id }) => id));
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const [ed, p384] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ec', { namedCurve: 'P-384' })];
  const mine = jwk(first.privateKey);
  const refused: [string, string][] = [
    ['nothing', ''],
    ['a text', 'secret'],
    ['an empty list', '[]'],
    ['a public key in front', JSON.stringify(jwk(first.publicKey))],
    ['two keys of one id', pem(first) + publicPem(first)],
    ['a block that is cut off', pem(first) + publicPem(second).slice(0, -30)],
    ['an RSA key', pem({ privateKey: rsa })],
    ['an Ed25519 key, which the library cannot sign with', pem(ed)],
    ['another curve', JSON.stringify(jwk(p384.privateKey))],
    ['a shared secret', JSON.stringify({ kty: 'oct', k: 'AAAA' })],
    ['a key for encryption', JSON.stringify({ ...mine, use: 'enc' })],
    ['a key for another algorithm', JSON.stringify({ ...mine, alg: 'ECDH-ES' })],
    ['a key that may not sign', JSON.stringify({ ...mine, key_ops: ['verify'] })],
    ['an id that is no text', JSON.stringify({ ...mine, kid: 7 })],
    ['an empty id', JSON.stringify({ ...mine, kid: '' })],
    ['a point that is not on the curve', JSON.stringify({ ...mine, y: mine['x'] })],
    ['two halves that do not belong together', JSON.stringify({ ...jwk(second.publicKey), d: mine['d'] })],
  ];

  it.each(refused)('refuses %s', (_, text) => {
    expect(signingKeys.parse(text)).toBeUndefined();
  });
});
