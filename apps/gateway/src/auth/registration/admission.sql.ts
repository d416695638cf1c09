/** Held until the transaction ends. The number is nobody else's: the first eight hex digits of sha256('first admin'). */
export const lockFirstAdmin = `SELECT pg_advisory_xact_lock(x'4b02e6a9'::bigint)`;

/** A row when there is an administrator who may sign in. */
export const findActiveAdmin = `
  SELECT FROM users WHERE kind = 'person' AND 'admin' = ANY (roles) AND is_active AND deleted_at IS NULL LIMIT 1`;
