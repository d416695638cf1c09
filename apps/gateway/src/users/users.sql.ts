/**
 * Adds an account.
 * $1 id, $2 address, $3 name, $4 hash of the password or null, $5 roles, $6 whether the address was proved, $7 provider,
 * $8 the provider's id or null, $9 avatar or null.
 */
export const insertUser = `
INSERT INTO users (id, email, name, password, roles, email_verified_at, provider, provider_id, avatar)
VALUES ($1, $2, $3, $4, $5, CASE WHEN $6 THEN now() END, $7, $8, $9)`;

/** What is read of a user: all but the password's hash. */
export const userColumns = `id, email, email_verified_at, name, avatar, roles, provider, provider_id, kind, owner_id, metadata,
       is_active, version, deletion_due_at, created_at, updated_at, deleted_at`;

/** A user who is there. $1 id. */
export const findUser = `SELECT ${userColumns} FROM users WHERE id = $1 AND deleted_at IS NULL`;

/** The account that people sign in to with an address, deleted and deactivated ones too. $1 address. */
export const credentialsOf = `
SELECT ${userColumns}, password FROM users WHERE lower(email) = lower($1) AND kind = 'person'`;
