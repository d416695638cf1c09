import { userColumns } from './users.sql.js';

/** A user that is there, held until the end of the transaction: changes of one happen one after the other. $1 id. */
export const lockUserSql = `
SELECT ${userColumns}, now() AS now
  FROM users WHERE id = $1 AND deleted_at IS NULL
   FOR UPDATE`;

/**
 * Writes a user that this transaction holds. No row when If-Match names other versions than the current one.
 * $1 id, $2 versions or null, $3 … what can change.
 */
export const writeUserSql = `
UPDATE users
   SET email = $3, email_verified_at = $4, name = $5, avatar = $6, metadata = $7, roles = $8, is_active = $9,
       deletion_due_at = $10, version = version + 1, updated_at = now()
 WHERE id = $1 AND ($2::int[] IS NULL OR version = ANY ($2))
RETURNING version, updated_at`;

/** The machines of people. $1 their owners. */
export const machinesSql = `
SELECT id FROM users WHERE kind = 'service' AND owner_id = ANY ($1::uuid[])`;

/** A row when a person is an administrator at this moment, whatever their token says. $1 user. */
export const isAdminSql = `
SELECT FROM users WHERE id = $1 AND 'admin' = ANY (roles) AND is_active AND deleted_at IS NULL`;

/**
 * Every administrator who can do something about it, held until the end of the transaction. Of two who take the role
 * from each other at the same time, the second one sees what the first one left.
 */
export const lockAdminsSql = `
SELECT id FROM users
 WHERE kind = 'person' AND 'admin' = ANY (roles) AND is_active AND deletion_due_at IS NULL AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE`;
