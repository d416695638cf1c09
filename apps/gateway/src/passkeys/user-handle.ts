/**
 * A person as their authenticators know them, in base64url: the 16 bytes of the account's id, which say nothing about
 * the person (WebAuthn Level 3 §14.6.1).
 */
export function userHandleOf(userId: string): string {
  return Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url');
}
