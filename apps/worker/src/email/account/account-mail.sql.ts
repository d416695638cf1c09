/** An account that a mail is about. */
export interface Recipient {
  id: string;
  email: string;
  isVerified: boolean;
}

/**
 * The account of an address, if somebody may sign in to it and it is the one that was meant.
 * $1 address, $2 the account that was meant; null when only the address is known.
 */
export const findRecipient = `
SELECT id, email, email_verified_at IS NOT NULL AS "isVerified" FROM users
 WHERE lower(email) = lower($1) AND ($2::uuid IS NULL OR id = $2)
   AND kind = 'person' AND is_active AND deleted_at IS NULL`;

/** Whether an account is there to be told something, whatever its address is by now. $1 account. */
export const hasAccount = `SELECT FROM users WHERE id = $1 AND is_active AND deleted_at IS NULL`;
