/** The address of an account that is still to be proved. $1 user. */
export const findUnverifiedEmail = `
  SELECT email FROM users WHERE id = $1 AND email_verified_at IS NULL AND is_active AND deleted_at IS NULL`;

/**
 * Takes an account's address for proved, from the first time on. No row when the account has another address by now.
 * $1 user, $2 the address that the mail went to.
 */
export const verifyEmail = `
  UPDATE users SET email_verified_at = coalesce(email_verified_at, now()), version = version + 1, updated_at = now()
   WHERE id = $1 AND lower(email) = lower($2) AND is_active AND deleted_at IS NULL`;
