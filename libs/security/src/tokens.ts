import { createHash, randomBytes } from 'node:crypto';

/** A fresh secret of 256 random bits, base64url (43 characters): too many to guess, so a plain hash protects it. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 of a token as 64 hex digits: what is stored instead of it. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
