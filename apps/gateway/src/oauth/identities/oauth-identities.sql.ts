/** Keeps a person's ways to sign in as they are until the commit. $1 user. */
export const lockPerson = `
  SELECT email_verified_at IS NOT NULL AS is_verified FROM users
   WHERE id = $1 AND is_active AND deleted_at IS NULL AND kind = 'person'
     FOR UPDATE`;

/** Adds an identity unless it is somebody's already. $1 id, $2 user, $3 provider, $4 subject, $5 address or null. */
export const addIdentity = `
  INSERT INTO oauth_identities (id, user_id, provider, subject, email) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (provider, subject) DO NOTHING`;

/**
 * Whether a person could still sign in without one of their identities: with a password, a passkey, or an account at
 * a provider that is set up here. $1 user, $2 identity, $3 names of those providers.
 */
export const hasAnotherWayIn = `
  SELECT EXISTS (SELECT FROM users WHERE id = $1 AND password IS NOT NULL)
      OR EXISTS (SELECT FROM passkeys WHERE user_id = $1 AND revoked_at IS NULL)
      OR EXISTS (SELECT FROM oauth_identities WHERE user_id = $1 AND id <> $2 AND provider = ANY ($3)) AS another`;

/** $1 identity, $2 user. */
export const deleteIdentity = `
  DELETE FROM oauth_identities WHERE id = $1 AND user_id = $2 RETURNING provider, subject`;

/** The account no longer belongs to the identity that it was made with. $1 user, $2 provider, $3 subject. */
export const forgetProviderId = `
  UPDATE users SET provider_id = NULL WHERE id = $1 AND provider = $2 AND provider_id = $3`;
