import { decrypt, encrypt } from './encryption.js';
import type { KeyRing } from './key-ring.js';

/** Which secret a ciphertext is: in another user's row, or under another name, it does not decrypt. */
export interface SecretOwner {
  userId: string;
  name: string;
}

/** Encrypts the value of a user's secret for the table `secrets`. */
export function sealSecret(ring: KeyRing, owner: SecretOwner, value: string): string {
  return encrypt(ring, value, associatedData(owner));
}

/**
 * The value of a user's secret as `sealSecret` got it.
 * @throws AppError INTERNAL_ERROR when the ciphertext was changed, is another secret's, or its key is gone
 */
export function openSecret(ring: KeyRing, owner: SecretOwner, sealed: string): string {
  return decrypt(ring, sealed, associatedData(owner));
}

function associatedData({ userId, name }: SecretOwner): string {
  return `secrets:${userId}:${name}`;
}
