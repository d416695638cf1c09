import { hashToken } from '@app/security';

/**
 * The name of an account in a bucket's key: made from what was typed, so that it is the same whether there is such an
 * account or not, and hashed, so that Redis holds no list of addresses.
 */
export function accountKey(email: string): string {
  return hashToken(email.trim().toLowerCase());
}
