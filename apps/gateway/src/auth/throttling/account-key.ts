import { hashToken } from '@app/security';

/**
 * The name of an account in a bucket's key: made from what was typed, so that it is the same whether there is such an
 * account or not, and hashed, so that Redis holds no list of addresses. What PostgreSQL takes for one address is one
 * here: its lower() makes an i of a capital I with a dot (U+0130), where JavaScript makes an i and a dot.
 */
export function accountKey(email: string): string {
  return hashToken(email.trim().replaceAll('\u0130', 'i').toLowerCase());
}
