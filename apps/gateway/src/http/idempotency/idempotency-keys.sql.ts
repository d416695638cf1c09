/**
 * Reserves a key for the request that is about to be handled.
 *
 * Guarantees
 * - Of all requests with one key one gets the row; the others get none and do not wait for it.
 * - A reservation whose holder has not finished in its time is taken over by a repeat of the same request, and keeps its
 *   id: what the first one made and the second one makes have one id, so there is one of it.
 * - A key is forgotten 24 hours after it was first seen.
 *
 * $1 id, $2 principal, $3 method, $4 route, $5 key, $6 hash, $7 seconds that a holder has.
 */
export const reserveKeySql = `
INSERT INTO idempotency_keys AS k (id, principal_id, method, route, key, request_hash, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, now() + interval '24 hours')
ON CONFLICT (principal_id, method, route, key) DO UPDATE SET
  id = CASE WHEN k.expires_at < now() THEN excluded.id ELSE k.id END,
  expires_at = CASE WHEN k.expires_at < now() THEN excluded.expires_at ELSE k.expires_at END,
  request_hash = excluded.request_hash,
  response_status = NULL, response_headers = NULL, response_body = NULL, run_id = NULL, updated_at = now()
WHERE k.expires_at < now()
   OR (k.response_status IS NULL AND k.request_hash = excluded.request_hash
       AND k.updated_at < now() - make_interval(secs => $7))
RETURNING k.id`;

/** What a key was answered: $1 principal, $2 method, $3 route, $4 key. */
export const earlierAnswerSql = `
SELECT request_hash, response_status, response_headers, response_body FROM idempotency_keys
WHERE principal_id = $1 AND method = $2 AND route = $3 AND key = $4 AND expires_at >= now()`;

/** Keeps the answer of a reserved key: $1 id, $2 status, $3 headers, $4 body as JSON text. The first answer stays. */
export const keepAnswerSql = `
UPDATE idempotency_keys
SET response_status = $2, response_headers = $3, response_body = to_jsonb($4::text), updated_at = now()
WHERE id = $1 AND response_status IS NULL`;

/**
 * Keeps the answer of a request that reserved nothing; no row when the key is known already.
 * $1 id, $2 principal, $3 method, $4 route, $5 key, $6 hash, $7 status, $8 body as JSON text.
 */
export const keepUnreservedSql = `
INSERT INTO idempotency_keys AS k
  (id, principal_id, method, route, key, request_hash, response_status, response_body, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, to_jsonb($8::text), now() + interval '24 hours')
ON CONFLICT (principal_id, method, route, key) DO UPDATE SET
  id = excluded.id, request_hash = excluded.request_hash, response_status = excluded.response_status,
  response_headers = NULL, response_body = excluded.response_body, run_id = NULL,
  expires_at = excluded.expires_at, updated_at = now()
WHERE k.expires_at < now()
RETURNING k.id`;

/** Ends a reservation whose request may or may not have done something: a repeat takes it over at once. $1 id. */
export const lapseKeySql = `
UPDATE idempotency_keys SET updated_at = '-infinity' WHERE id = $1 AND response_status IS NULL`;

/** Forgets a reservation whose request did nothing. $1 id. */
export const forgetKeySql = 'DELETE FROM idempotency_keys WHERE id = $1 AND response_status IS NULL';
