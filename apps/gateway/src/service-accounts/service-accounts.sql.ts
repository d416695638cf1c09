/** Most service accounts of one person. */
export const MOST_SERVICE_ACCOUNTS = 100;

/** How many service accounts a person has, counted to the most. $1 owner. */
export const countServiceAccounts = `
  SELECT count(*)::int AS accounts FROM (
    SELECT FROM users WHERE owner_id = $1 AND deleted_at IS NULL LIMIT ${MOST_SERVICE_ACCOUNTS}
  ) AS counted`;

/**
 * Makes a service account of a person. Its address is under `.invalid` (RFC 2606), so nobody can ever receive at it.
 * No row when the id is taken, by what the same request made before, or the owner is gone.
 * $1 id, $2 owner, $3 name.
 */
export const insertServiceAccount = `
  INSERT INTO users (id, kind, owner_id, email, name, roles)
  SELECT $1::uuid, 'service', owner.id, $1::uuid || '@service-accounts.invalid', $3, '{user}'
    FROM (SELECT id FROM users WHERE id = $2 AND kind = 'person' AND deleted_at IS NULL FOR SHARE) AS owner
  ON CONFLICT (id) DO NOTHING
  RETURNING id, name, is_active, version, created_at, updated_at`;

/**
 * Gives a service account another name. No row when there is none, or its version is another.
 * $1 account, $2 owner, $3 versions or null, $4 name.
 */
export const renameServiceAccount = `
  WITH before AS (
    SELECT id, name FROM users
     WHERE id = $1 AND owner_id = $2 AND deleted_at IS NULL AND ($3::int[] IS NULL OR version = ANY ($3))
       FOR UPDATE
  )
  UPDATE users SET name = $4, version = version + 1, updated_at = now()
    FROM before WHERE users.id = before.id
  RETURNING users.id, users.name, users.is_active, users.version, users.created_at, users.updated_at,
            before.name AS name_before`;

/**
 * Ends a service account: from now on it is nobody, and the worker's cleanup erases it with what it owned after the time
 * of grace. No row when there is none, or its version is another. $1 account, $2 owner, $3 versions or null.
 */
export const endServiceAccount = `
  UPDATE users SET is_active = false, deleted_at = now(), version = version + 1, updated_at = now()
   WHERE id = $1 AND owner_id = $2 AND deleted_at IS NULL AND ($3::int[] IS NULL OR version = ANY ($3))
  RETURNING name`;
