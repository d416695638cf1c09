/** Who an account is, and the hash of the password it has, if any. $1 user. */
export const findAccount = `
  SELECT email, name, password AS "passwordHash" FROM users
   WHERE id = $1 AND kind = 'person' AND is_active AND deleted_at IS NULL`;

/**
 * Sets the password of whoever read the mail, which proves the address too. No row when the account may not be signed
 * in to, or has another address by now. `wasVerified` is how it was before.
 * $1 user, $2 the address that the mail went to, $3 hash.
 */
export const resetPassword = `
  WITH account AS (
    SELECT id, email_verified_at IS NOT NULL AS was_verified FROM users
     WHERE id = $1 AND lower(email) = lower($2) AND kind = 'person' AND is_active AND deleted_at IS NULL
       FOR UPDATE
  )
  UPDATE users
     SET password = $3,
         email_verified_at = coalesce(email_verified_at, now()),
         version = version + 1,
         updated_at = now()
    FROM account
   WHERE users.id = account.id
  RETURNING users.email, account.was_verified AS "wasVerified"`;

/**
 * Sets another password. No row when the one that was known a moment ago is no longer the one it has: two changes at
 * once are one after the other, and the second has to know what the first set.
 * $1 user, $2 new hash, $3 hash that was verified; null when there was no password.
 */
export const replacePassword = `
  UPDATE users SET password = $2, version = version + 1, updated_at = now()
   WHERE id = $1 AND password IS NOT DISTINCT FROM $3 AND is_active AND deleted_at IS NULL
  RETURNING email`;

/** Replaces an outdated hash by one of the same password. Nobody sees it, so the version stays. $1 user, $2 new, $3 old. */
export const upgradeHash = `UPDATE users SET password = $2, updated_at = now() WHERE id = $1 AND password = $3`;

/**
 * Takes back what else signs in to an account. Whoever set it up had not proved the address, so it need not have been
 * the person who has now. $1 user.
 */
export const revokePasskeys = `
  UPDATE passkeys SET revoked_at = now(), updated_at = now() WHERE user_id = $1 AND revoked_at IS NULL RETURNING id`;
export const revokeApiKeys = `
  UPDATE api_keys SET revoked_at = now(), version = version + 1, updated_at = now()
   WHERE user_id IN (SELECT id FROM users WHERE id = $1 OR owner_id = $1) AND revoked_at IS NULL RETURNING id`;
/** The identity that the account was made with is free for another account. $1 user. */
export const unlinkProviders = `
  WITH forgotten AS (UPDATE users SET provider_id = NULL WHERE id = $1)
  DELETE FROM oauth_identities WHERE user_id = $1 RETURNING id`;

/** What acts by itself stops: triggers can do with an account what keys can. $1 user. */
export const stopTriggers = `
  UPDATE workflows SET status = 'inactive', revision = revision + 1, updated_at = now()
   WHERE user_id IN (SELECT id FROM users WHERE id = $1 OR owner_id = $1) AND status = 'active' AND deleted_at IS NULL`;

/** The account and its machines. $1 user. */
export const accountsOf = `SELECT id FROM users WHERE id = $1 OR owner_id = $1`;
