/** Most passkeys of one person: each is sent along with the options of the next one. */
export const MOST_PASSKEYS = 20;

/**
 * Keeps a passkey; no row when the person has as many as one may have.
 * $1 id, $2 user, $3 name, $4 credential id, $5 key, $6 counter, $7 transports, $8 device type, $9 backed up, $10 model.
 */
export const insertPasskey = `
  INSERT INTO passkeys (id, user_id, name, credential_id, public_key, counter, transports, device_type, backed_up, aaguid)
  SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
   WHERE (SELECT count(*) FROM passkeys WHERE user_id = $2) < ${MOST_PASSKEYS}
  RETURNING *`;

/** The passkeys that a person's authenticators are told not to make again. $1 user. */
export const knownPasskeys = `
  SELECT credential_id, transports FROM passkeys WHERE user_id = $1 AND revoked_at IS NULL ORDER BY id`;

/** A passkey that may be used: it is good, and so is its owner's account. $1 credential id. */
export const findUsablePasskey = `
  SELECT passkeys.id, passkeys.user_id, passkeys.credential_id, passkeys.public_key
    FROM passkeys JOIN users ON users.id = passkeys.user_id
   WHERE passkeys.credential_id = $1
     AND passkeys.revoked_at IS NULL
     AND users.is_active AND users.deleted_at IS NULL`;

/**
 * Whether a signature counter goes on from the stored one. Both are 0 for ever in passkeys that are synced between
 * devices (WebAuthn Level 3 §6.1.1). $2 the counter that came.
 */
const goesOn = '(counter < $2 OR (counter = 0 AND $2 = 0))';

/**
 * Notes the use of a passkey. Of any number of statements with the same counter, one finds the row; no row when the
 * counter went back or stood still. $1 passkey, $2 counter, $3 whether it is backed up now.
 */
export const usePasskey = `
  UPDATE passkeys SET counter = $2, backed_up = $3, last_used_at = now(), updated_at = now()
   WHERE id = $1 AND revoked_at IS NULL AND ${goesOn}`;

/** Revokes a passkey whose counter went back; no row when something else was the matter. $1 passkey, $2 counter. */
export const revokeClonedPasskey = `
  UPDATE passkeys SET revoked_at = now(), updated_at = now()
   WHERE id = $1 AND revoked_at IS NULL AND NOT ${goesOn}
  RETURNING counter`;

/** Locks a person's account, so that of two ways to sign in which are removed at once, one sees the other gone. $1 user. */
export const lockOwner = 'SELECT FROM users WHERE id = $1 FOR UPDATE';

/** A passkey, and whether its owner could sign in without it. $1 passkey, $2 user. */
export const findRemovable = `
  SELECT name, revoked_at,
         EXISTS (SELECT FROM users WHERE id = $2 AND password IS NOT NULL)
           OR EXISTS (SELECT FROM oauth_identities WHERE user_id = $2)
           OR EXISTS (SELECT FROM passkeys AS others WHERE user_id = $2 AND id <> $1 AND revoked_at IS NULL)
           AS has_other_way
    FROM passkeys WHERE id = $1 AND user_id = $2`;

/** $1 passkey. */
export const deletePasskey = 'DELETE FROM passkeys WHERE id = $1';

/** Gives a passkey a name; the row has the one before too. $1 passkey, $2 user, $3 name. */
export const renamePasskey = `
  UPDATE passkeys SET name = $3, updated_at = now()
    FROM (SELECT id, name FROM passkeys WHERE id = $1 AND user_id = $2 FOR UPDATE) AS former
   WHERE passkeys.id = former.id
  RETURNING passkeys.*, former.name AS former_name`;
