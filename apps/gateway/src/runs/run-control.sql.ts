/**
 * Asks for the cancellation of one unfinished run.
 *
 * Guarantees: a finished run has no claim, so nothing is asked of it. The run is made due and marked as woken, so that
 * whoever parks it at this moment, or polls, sees the request without any message. Asking twice changes nothing.
 */
export const cancelRunSql = `
UPDATE claims
SET cancel_requested_at = coalesce(cancel_requested_at, now()), run_at = least(run_at, now()), woken = true
WHERE run_id = $1 AND user_id = $2
RETURNING owner IS NOT NULL AS is_held`;

/**
 * The same for every unfinished run of a workflow. Claims are locked in the order of their ids, like all who lock
 * several of them, so that nobody waits for each other.
 */
export const cancelRunsOfWorkflowSql = `
WITH unfinished AS (
  SELECT run_id FROM claims WHERE workflow_id = $1 AND user_id = $2 ORDER BY run_id FOR UPDATE
)
UPDATE claims c
SET cancel_requested_at = coalesce(c.cancel_requested_at, now()), run_at = least(c.run_at, now()), woken = true
FROM unfinished u WHERE c.run_id = u.run_id
RETURNING c.run_id, c.owner IS NOT NULL AS is_held`;

/** Entries of one step, oldest first, as a list in one row. Its parameters are those of the statement that it is part of. */
export function entriesOf(retention: string, runId: string, path: string): string {
  return `SELECT coalesce(json_agg(e.entry ORDER BY j.seq, e.position), '[]')
        FROM run_journal j
        CROSS JOIN json_array_elements(j.entries) WITH ORDINALITY AS e (entry, position)
        WHERE j.retention = ${retention} AND j.run_id = ${runId} AND e.entry->>'path' = ${path}`;
}

/** What is known about one step of an unfinished run, and the version of the claim's row at which it is true. */
export const doubtSql = `
SELECT c.xmin::text AS row_version,
       ARRAY(
         SELECT (i.payload->>'attempt')::int FROM run_inbox i
         WHERE i.run_id = c.run_id AND i.kind = 'resolution' AND i.payload->>'path' = $3
       ) AS resolved_attempts,
       (${entriesOf('c.retention', 'c.run_id', '$3')}) AS entries
FROM claims c
WHERE c.run_id = $1 AND c.user_id = $2`;

/**
 * Puts a resolution into a run's inbox and wakes the run.
 *
 * Guarantees: both or neither, and only when nobody has claimed, parked or woken the run since `doubtSql` was read, as
 * each other resolution does: that makes a new version of the claim's row. Should the run's holder settle the doubt by
 * itself in between, the resolution names an attempt that is not in doubt and is never taken.
 */
export const resolveSql = `
WITH woken AS (
  UPDATE claims SET run_at = least(run_at, now()), woken = true
  WHERE run_id = $1 AND xmin = $2::xid
  RETURNING run_id
)
INSERT INTO run_inbox (id, run_id, kind, payload, user_id)
SELECT $3, run_id, 'resolution', $4, $5 FROM woken`;

/**
 * Puts a signal into a run's inbox and wakes the run. It stays there until a step takes it or the run is over.
 *
 * Guarantees: both or neither. A finished run has no claim, so nothing is put there; nor does an inbox that is full
 * grow: whoever claims the run reads all of it. $1 run, $2 user, $3 id, $4 payload, $5 most signals that may wait, $6 their
 * bytes as JSON.
 */
export const signalRunSql = `
WITH claim AS MATERIALIZED (SELECT run_id FROM claims WHERE run_id = $1 AND user_id = $2 FOR UPDATE),
room AS MATERIALIZED (
  SELECT c.run_id FROM claim c
  LEFT JOIN run_inbox i ON i.run_id = c.run_id AND i.kind = 'signal'
  GROUP BY c.run_id
  HAVING count(i.id) < $5 AND coalesce(sum(octet_length(i.payload::text)), 0) + octet_length($4::text) <= $6
),
woken AS (
  UPDATE claims c SET run_at = least(c.run_at, now()), woken = true FROM room r WHERE c.run_id = r.run_id
),
sent AS (
  INSERT INTO run_inbox (id, run_id, kind, payload, user_id) SELECT $3, run_id, 'signal', $4::text::jsonb, $2 FROM room
  RETURNING run_id
)
SELECT EXISTS (SELECT FROM sent) AS is_sent FROM claim`;
