import { randomBytes } from 'node:crypto';
import { decrypt, encrypt } from './encryption.js';
import { KeyRing } from './key-ring.js';

const KEY_BYTES = 32;
/** The id of a data key in its own ciphertext: there is one, so it needs no name. */
const DATA_KEY = 'data';
/** Stands between the sealed data key and what it seals; neither holds it. */
const SEPARATOR = '~';

/**
 * Encrypts a text with a random key of its own, and that key with the ring's current one, which so encrypts nothing but
 * 32 random bytes, however much is stored under it.
 * @param associatedData what the text belongs to; anywhere else neither part decrypts
 */
export function sealEnvelope(ring: KeyRing, plaintext: string, associatedData: string): string {
  const key = randomBytes(KEY_BYTES);
  const sealedKey = encrypt(ring, key.toString('base64url'), associatedData);
  return [sealedKey, encrypt(ringOf(key), plaintext, associatedData)].join(SEPARATOR);
}

/**
 * The text that was sealed.
 * @throws AppError INTERNAL_ERROR when it was changed, belongs to something else, or its ring key is gone
 */
export function openEnvelope(ring: KeyRing, envelope: string, associatedData: string): string {
  const [sealedKey = '', sealed = ''] = envelope.split(SEPARATOR);
  const key = Buffer.from(decrypt(ring, sealedKey, associatedData), 'base64url');
  return decrypt(ringOf(key), sealed, associatedData);
}

function ringOf(key: Buffer): KeyRing {
  return new KeyRing([{ id: DATA_KEY, key }]);
}
