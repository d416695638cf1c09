/** Whether {@link pendingEventsSql} may find something: it does not when all that wait were put off. */
export const hasPendingEventsSql = `(SELECT true FROM pending_events ORDER BY user_id, id LIMIT 1) IS TRUE`;

/**
 * Takes events that nobody has looked at yet, for the length of the transaction.
 *
 * Guarantees
 * - An event is with one dispatcher: rows that another one has locked are skipped, not waited for.
 * - Each owner has their turn: at most $2 events of each, the owners in order from $3 on. Whoever goes on where the last
 *   batch ended reaches everybody, however many events one of them has.
 *
 * $1 most events, $2 most of one owner, $3 the last owner of the batch before.
 */
export const pendingEventsSql = `
WITH RECURSIVE owners (user_id) AS (
  (SELECT user_id FROM pending_events WHERE user_id > $3 ORDER BY user_id LIMIT 1)
  UNION ALL
  SELECT (SELECT p.user_id FROM pending_events p WHERE p.user_id > o.user_id ORDER BY p.user_id LIMIT 1)
  FROM owners o WHERE o.user_id IS NOT NULL
),
taken AS MATERIALIZED (
  SELECT t.id, t.user_id FROM owners o
  CROSS JOIN LATERAL (
    SELECT p.id, p.user_id FROM pending_events p
    WHERE p.user_id = o.user_id AND p.due_at <= now()
    ORDER BY p.id LIMIT $2
    FOR UPDATE SKIP LOCKED
  ) t
  WHERE o.user_id IS NOT NULL
  LIMIT $1
)
SELECT id, user_id FROM taken`;

/** The events themselves, and when PostgreSQL began to accept them in µs since 1970. $1 ids, $2 and $3 the lowest and the highest, so that other partitions are not opened. */
export const eventsSql = `
SELECT id, user_id, event, depth, (extract(epoch FROM created_at) * 1000000)::float8 AS accepted_at
FROM events WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3 ORDER BY id`;

/** What events of these owners may start. $1 owners. */
export const eventWorkflowsSql = `
SELECT id, user_id, config->'trigger' AS trigger FROM workflows
WHERE user_id = ANY ($1::uuid[]) AND status = 'active' AND trigger_type = 'event' AND deleted_at IS NULL`;

/** These events are done with. $1 ids. */
export const dispatchedSql = 'DELETE FROM pending_events WHERE id = ANY ($1::uuid[])';

/** Events that are at the end of too long a chain: they stay in the history with what became of them. $1 ids, $2 and $3 bounds. */
export const loopsSql = `
UPDATE events SET problem = 'LOOP_DETECTED' WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3`;

/** An event whose dispatch failed by itself is looked at again later, ever more rarely. $1 id. */
export const postponeSql = `
UPDATE pending_events
SET attempts = attempts + 1, due_at = now() + least(interval '1 hour', interval '1 second' * 2 ^ least(attempts, 12))
WHERE id = $1`;
