/**
 * What a session was proved with and what its owner could prove it with; no row when it is over.
 * $1 session, $2 user, $3 oldest proof that is still good, in ms.
 */
export const readProof = `
  SELECT sessions.proved_by,
         sessions.proved_at > now() - $3 * interval '1 millisecond' AS is_recent,
         users.password IS NOT NULL AS has_password,
         EXISTS (SELECT FROM passkeys WHERE user_id = users.id AND revoked_at IS NULL) AS has_passkey,
         ARRAY (SELECT provider FROM oauth_identities WHERE user_id = users.id ORDER BY provider)::text[] AS providers
    FROM sessions JOIN users ON users.id = sessions.user_id
   WHERE sessions.id = $1 AND users.id = $2 AND sessions.revoked_at IS NULL`;

/** The hash of a person's password, null when they have none. $1 user. */
export const readPasswordHash = `SELECT password FROM users WHERE id = $1 AND is_active AND deleted_at IS NULL`;

/** Notes a new proof; no row when the session is over. $1 session, $2 user, $3 what it was proved with. */
export const noteProof = `
  UPDATE sessions SET proved_at = now(), proved_by = $3, updated_at = now()
   WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL
  RETURNING proved_at`;
