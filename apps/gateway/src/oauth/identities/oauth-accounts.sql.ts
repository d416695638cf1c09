/**
 * The account that an identity belongs to. The lock keeps the account from being deactivated between this statement
 * and the commit of what follows from it. $1 provider, $2 subject.
 */
export const accountOfIdentity = `
  SELECT users.id, users.is_active AND users.deleted_at IS NULL AND users.kind = 'person' AS may_sign_in
    FROM oauth_identities identity JOIN users ON users.id = identity.user_id
   WHERE identity.provider = $1 AND identity.subject = $2
     FOR SHARE OF users`;

/** Remembers that an identity was used. $1 provider, $2 subject, $3 the address it came with, or null. */
export const useIdentity = `
  UPDATE oauth_identities SET email = coalesce($3, email), last_used_at = now(), updated_at = now()
   WHERE provider = $1 AND subject = $2`;

/** The account of an address. The lock keeps the address what it is until the identity is linked. $1 address. */
export const accountOfAddress = `
  SELECT id, email, email_verified_at IS NOT NULL AS is_verified,
         is_active AND deleted_at IS NULL AND kind = 'person' AS may_sign_in
    FROM users WHERE lower(email) = lower($1)
     FOR UPDATE`;

/** The identity that a person signs in with now. $1 id, $2 user, $3 provider, $4 subject, $5 address or null. */
export const insertIdentity = `
  INSERT INTO oauth_identities (id, user_id, provider, subject, email, last_used_at)
  VALUES ($1, $2, $3, $4, $5, now())`;
