/** Most keys of one account that are good: what takes them all back has to come to an end. */
export const MOST_API_KEYS = 100;

/** How many good keys an account has, counted to the most. $1 account. */
export const countApiKeys = `
  SELECT count(*)::int AS keys FROM (
    SELECT FROM api_keys WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now() LIMIT ${MOST_API_KEYS}
  ) AS counted`;

/**
 * Makes a key of an account. No row when the account is gone; the share lock makes its end and this statement happen
 * one after the other. $1 id, $2 account, $3 name, $4 prefix, $5 hash, $6 scopes, $7 lifetime in ms.
 */
export const insertApiKey = `
  WITH account AS (
    SELECT id FROM users WHERE id = $2 AND deleted_at IS NULL FOR SHARE
  )
  INSERT INTO api_keys (id, user_id, name, prefix, key_hash, scopes, expires_at)
  SELECT $1, account.id, $3, $4, $5, $6, now() + $7 * interval '1 millisecond' FROM account
  RETURNING *`;

/** Gives a key another name. No row when there is none, or its version is another. $1 key, $2 account, $3 versions or null, $4 name. */
export const renameApiKey = `
  WITH before AS (
    SELECT id, name FROM api_keys
     WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND ($3::int[] IS NULL OR version = ANY ($3))
       FOR UPDATE
  )
  UPDATE api_keys SET name = $4, version = version + 1, updated_at = now()
    FROM before WHERE api_keys.id = before.id
  RETURNING api_keys.*, before.name AS name_before`;

/** Revokes a key. No row when there is none, or its version is another. $1 key, $2 account, $3 versions or null. */
export const revokeApiKey = `
  UPDATE api_keys SET revoked_at = now(), version = version + 1, updated_at = now()
   WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND ($3::int[] IS NULL OR version = ANY ($3))
  RETURNING name, prefix`;

/** Revokes all keys of an account. $1 account. */
export const revokeApiKeysOf = `
  UPDATE api_keys SET revoked_at = now(), version = version + 1, updated_at = now()
   WHERE user_id = $1 AND revoked_at IS NULL
  RETURNING id`;
