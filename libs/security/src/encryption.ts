import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError } from '@app/contracts';
import type { KeyRing } from './key-ring.js';

/** First part of every ciphertext: what the rest of it means. */
const FORMAT = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What everything that is encrypted under a key of the ring begins with: how it is found in the database. */
export function ciphertextPrefix(keyId: string): string {
  return `${FORMAT}.${keyId}.`;
}

/**
 * Encrypts a text with the ring's current key: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce.
 * @param associatedData what the ciphertext belongs to, such as `secrets:<id>`: in another row it does not decrypt
 * @returns `v1.<key id>.<base64url of nonce, ciphertext and tag>`
 */
export function encrypt(ring: KeyRing, plaintext: string, associatedData: string): string {
  const { id, key } = ring.current;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bind(id, associatedData));
  const sealed = Buffer.concat([nonce, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return [FORMAT, id, sealed.toString('base64url')].join('.');
}

/**
 * The text that was encrypted.
 * @throws AppError INTERNAL_ERROR when it was changed, belongs to something else, or its key is gone
 */
export function decrypt(ring: KeyRing, ciphertext: string, associatedData: string): string {
  const [format, id, encoded, ...more] = ciphertext.split('.');
  if (format !== FORMAT || id === undefined || encoded === undefined || more.length > 0) throw undecryptable();
  const sealed = Buffer.from(encoded, 'base64url');
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw undecryptable();
  const decipher = createDecipheriv('aes-256-gcm', ring.find(id).key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(bind(id, associatedData)).setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch (cause) {
    throw undecryptable(cause);
  }
}

function bind(keyId: string, associatedData: string): Buffer {
  return Buffer.from(`${FORMAT}.${keyId}.${associatedData}`);
}

function undecryptable(cause?: unknown): AppError {
  return new AppError({ code: 'INTERNAL_ERROR', kind: 'bug', message: 'A stored secret does not decrypt.', cause });
}
