/** A person as the operator names them. */
export interface Person {
  id: string;
  roles: string[];
  isActive: boolean;
}

/** The person with an address, held until the end of the transaction. $1 address, in whatever case. */
export const lockPerson = `
SELECT id, roles, is_active AS "isActive" FROM users
 WHERE lower(email) = lower($1) AND kind = 'person' AND deleted_at IS NULL
   FOR UPDATE`;

/** The operator answers for the address. $1 id, $2 address, $3 name, $4 hash of the password or null, $5 roles. */
export const insertPerson = `
INSERT INTO users (id, email, name, password, roles, email_verified_at) VALUES ($1, $2, $3, $4, $5, now())`;

/** $1 user. */
export const addAdminRole = `
UPDATE users SET roles = roles || '{admin}', version = version + 1, updated_at = now() WHERE id = $1`;

/** $1 user. */
export const deactivate = `UPDATE users SET is_active = false, version = version + 1, updated_at = now() WHERE id = $1`;

/** Ends a person's sessions. $1 user. */
export const endSessions = `
UPDATE sessions SET revoked_at = now(), updated_at = now()
 WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now()
RETURNING id`;

/** A person's account and those of their machines. $1 user. */
export const withMachines = `SELECT id FROM users WHERE id = $1 OR owner_id = $1`;

/**
 * Tells the gateways to refuse what accounts were issued so far. Kept for longer than any access token may be good for
 * (JWT_EXPIRE is a day at most). $1 ids of the rows, $2 accounts.
 */
export const revoke = `
INSERT INTO revocations (id, kind, subject_id, expires_at)
SELECT id, 'user', subject_id, now() + interval '25 hours' FROM unnest($1::uuid[], $2::uuid[]) AS t (id, subject_id)`;

/** A row when there is an administrator who may sign in. */
export const findActiveAdmin = `
SELECT FROM users WHERE kind = 'person' AND 'admin' = ANY (roles) AND is_active AND deleted_at IS NULL LIMIT 1`;

/** The links that were printed before. */
export const removeFirstAdminLinks = `DELETE FROM one_time_tokens WHERE purpose = 'first_admin'`;
