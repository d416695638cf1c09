import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decrypt, encrypt } from './encryption.js';
import { KeyRing } from './key-ring.js';

const [older, newer] = [
  { id: 'k1', key: randomBytes(32) },
  { id: 'k2', key: randomBytes(32) },
];
const ring = new KeyRing([older]);

describe('encrypt and decrypt', () => {
  it.each(['', 'a secret', 'Grüße, 世界 🙂', 'x'.repeat(100_000)])('give back %j', (plaintext) => {
    expect(decrypt(ring, encrypt(ring, plaintext, 'secrets:1'), 'secrets:1')).toBe(plaintext);
  });

  it('never give the same ciphertext twice', () => {
    expect(encrypt(ring, 'a secret', 'secrets:1')).not.toBe(encrypt(ring, 'a secret', 'secrets:1'));
  });

  it('bind a ciphertext to what it belongs to', () => {
    const ciphertext = encrypt(ring, 'a secret', 'secrets:1');
    expect(() => decrypt(ring, ciphertext, 'secrets:2')).toThrow('does not decrypt');
  });

  it('encrypt with the first key and decrypt with each', () => {
    const rotated = new KeyRing([newer, older]);
    const before = encrypt(ring, 'a secret', 'secrets:1');
    expect(decrypt(rotated, before, 'secrets:1')).toBe('a secret');
    expect(encrypt(rotated, 'a secret', 'secrets:1')).toMatch(/^v1\.k2\./);
    expect(() => decrypt(new KeyRing([newer]), before, 'secrets:1')).toThrow('"k1" is not in the ring');
  });

  it('refuse a ciphertext with any part changed', () => {
    const [format, id, sealed = ''] = encrypt(ring, 'a secret', 'secrets:1').split('.');
    const bytes = Buffer.from(sealed, 'base64url');
    for (const index of bytes.keys()) {
      const forged = Buffer.from(bytes);
      forged[index]! ^= 1;
      expect(() => decrypt(ring, [format, id, forged.toString('base64url')].join('.'), 'secrets:1')).toThrow();
    }
  });

  it.each(['', 'v1', 'v1.k1', 'v1.k1.AAAA', 'v2.k1.AAAA', 'v1.k1.AAAA.BBBB'])('refuse %j', (ciphertext) => {
    expect(() => decrypt(ring, ciphertext, 'secrets:1')).toThrow('does not decrypt');
  });

  it('need a key', () => {
    expect(() => new KeyRing([])).toThrow('empty');
  });
});
