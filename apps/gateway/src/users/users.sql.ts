/**
 * Adds an account.
 * $1 id, $2 address, $3 name, $4 hash of the password or null, $5 roles, $6 whether the address was proved, $7 provider,
 * $8 the provider's id or null, $9 avatar or null.
 */
export const insertUser = `
INSERT INTO users (id, email, name, password, roles, email_verified_at, provider, provider_id, avatar)
VALUES ($1, $2, $3, $4, $5, CASE WHEN $6 THEN now() END, $7, $8, $9)`;
