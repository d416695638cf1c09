import { claimedColumns } from '../claim/claim-runs.sql.js';

/** Whether there is a workflow that {@link takeLimitedSql} may take. */
export const hasLimitedSql = `
(SELECT true FROM workflow_limits WHERE look_at <= now() ORDER BY look_at LIMIT 1) IS TRUE
OR (SELECT true FROM run_slots WHERE freed ORDER BY workflow_id LIMIT 1) IS TRUE`;

/**
 * Takes a workflow whose runs wait, or one of whose slots was given up, for the length of the transaction.
 *
 * Guarantees: nobody else lets runs of it in meanwhile. What is counted has to be read by a later statement: this one may
 * have begun before the last one who held the row was through. PostgreSQL ends the session of a process that stops in the
 * middle: nobody waits for it. $1 owners of whom there is no more room.
 */
export const takeLimitedSql = `
SELECT l.workflow_id, l.user_id, set_config('idle_in_transaction_session_timeout', '2000', true)
FROM workflow_limits l
WHERE l.workflow_id IN (
    SELECT workflow_id FROM workflow_limits WHERE look_at <= now() UNION SELECT workflow_id FROM run_slots WHERE freed
  ) AND l.user_id <> ALL ($1::uuid[])
ORDER BY l.look_at
LIMIT 1
FOR UPDATE OF l SKIP LOCKED`;

/** Removes the slots of a taken workflow that were given up. $1 workflow. */
export const removeFreedSql = 'DELETE FROM run_slots WHERE workflow_id = $1 AND freed';

/** Puts off the next look at workflows that could not be looked at. $1 workflows. */
export const postponeSql = `
UPDATE workflow_limits SET look_at = now() + interval '1 second' WHERE workflow_id = ANY ($1::uuid[])`;

/** A run of workflow $2 that waits in its queue. */
const waits = 'owner IS NULL AND queue_order IS NOT NULL AND cancel_requested_at IS NULL AND workflow_id = $2';

/** Whether a key is limited: '' stands for a run that needs no slot, or does not begin. */
const countsFor = (key: string, limit: string): string => `(${key} <> '' AND ${limit} IS NOT NULL)`;

/**
 * Lets waiting runs of a taken workflow in: gives them slots, counts their starts and claims them, in one commit.
 *
 * Guarantees
 * - Slots of one key are never more than `max`: those of runs that died included, until nobody can have a call open.
 * - Starts of one key in any `per_ms` are never more than `rate_max`, by PostgreSQL's clock. What is known of a key for less
 *   than `per_ms` counts as a bucket that fills evenly from empty.
 * - What has begun goes first, then the order of the queue. Keys are jumped through in the index, so the length of a queue
 *   costs nothing; lists of ids are given as arrays, so that the table is not read instead of its index.
 * - A claim that somebody has locked at this moment is left for the next look, which comes soon.
 * - The next look is when it can let somebody in, as far as it knows; a slot that is given up is found anyway.
 *
 * $1 owner, $2 workflow, $3 most runs.
 */
export const letInSql = `
WITH RECURSIVE moment AS MATERIALIZED (SELECT clock_timestamp() AS at),
limits AS MATERIALIZED (
  SELECT l.max, l.stays, l.grace_ms, l.rate_max, l.per_ms * 1000 AS per_us, l.per_ms * interval '1 millisecond' AS per
  FROM workflow_limits l WHERE l.workflow_id = $2
),
keys (slot_key, rate_key) AS (
  (SELECT slot_key, rate_key FROM claims WHERE ${waits} ORDER BY slot_key, rate_key LIMIT 1)
  UNION ALL
  SELECT n.slot_key, n.rate_key FROM keys k CROSS JOIN LATERAL (
    SELECT slot_key, rate_key FROM claims
    WHERE ${waits} AND (slot_key, rate_key) > (k.slot_key, k.rate_key)
    ORDER BY slot_key, rate_key LIMIT 1
  ) n
),
slots AS MATERIALIZED (
  SELECT k.slot_key, CASE WHEN ${countsFor('k.slot_key', 'l.max')} THEN l.max - (
      SELECT count(*)::int FROM run_slots s WHERE s.workflow_id = $2 AND s.key = k.slot_key
    ) ELSE $3::int END AS room
  FROM (SELECT DISTINCT slot_key FROM keys) k, limits l
),
used AS MATERIALIZED (
  SELECT k.rate_key, u.*, least(l.per_us, (extract(epoch FROM m.at - u.since) * 1000000)::bigint) AS age_us
  FROM (SELECT DISTINCT rate_key FROM keys) k
  CROSS JOIN limits l CROSS JOIN moment m
  CROSS JOIN LATERAL (
    SELECT coalesce(min(s.at), m.at) AS since, count(*) = 0 AS is_unknown,
           coalesce(sum(s.starts) FILTER (WHERE s.at > m.at - l.per), 0)::int AS starts,
           min(s.at) FILTER (WHERE s.starts > 0 AND s.at > m.at - l.per) AS oldest
    FROM rate_starts s WHERE s.workflow_id = $2 AND s.key = k.rate_key
  ) u
  WHERE ${countsFor('k.rate_key', 'l.rate_max')}
),
rates AS MATERIALIZED (
  SELECT u.rate_key, (l.rate_max * u.age_us / l.per_us)::int - u.starts AS room,
         CASE WHEN u.age_us < l.per_us AND u.starts < l.rate_max
           THEN u.since + (l.per_us * (u.starts + 1) + l.rate_max - 1) / l.rate_max * interval '1 microsecond'
           ELSE u.oldest + l.per END AS next_at
  FROM used u, limits l
),
candidates AS MATERIALIZED (
  SELECT c.*, s.room AS slot_room, r.room AS rate_room
  FROM keys k
  JOIN slots s ON s.slot_key = k.slot_key
  CROSS JOIN LATERAL (
    SELECT coalesce((SELECT r.room FROM rates r WHERE r.rate_key = k.rate_key), $3::int) AS room
  ) r
  CROSS JOIN LATERAL (
    SELECT w.run_id, w.slot_key, w.rate_key, w.queue_order FROM claims w
    WHERE ${waits} AND w.slot_key = k.slot_key AND w.rate_key = k.rate_key
      AND NOT EXISTS (SELECT FROM run_slots o WHERE o.run_id = w.run_id)
    ORDER BY w.queue_order
    LIMIT greatest(0, least(s.room, r.room, $3::int))
  ) c
),
chosen AS MATERIALIZED (
  SELECT run_id FROM (
    SELECT c.*, row_number() OVER (PARTITION BY c.slot_key ORDER BY c.queue_order, c.run_id) AS slot_place,
           row_number() OVER (PARTITION BY c.rate_key ORDER BY c.queue_order, c.run_id) AS rate_place
    FROM candidates c
  ) c
  WHERE c.slot_place <= c.slot_room AND c.rate_place <= c.rate_room
  ORDER BY c.queue_order
  LIMIT $3
),
locked AS MATERIALIZED (
  SELECT run_id, woken FROM claims WHERE ${waits} AND run_id = ANY (ARRAY(SELECT run_id FROM chosen))
  FOR UPDATE SKIP LOCKED
),
claimed AS (
  UPDATE claims c SET owner = $1, epoch = c.epoch + 1, woken = false, queue_order = NULL
  FROM locked d WHERE c.run_id = d.run_id AND c.run_id = ANY (ARRAY(SELECT run_id FROM locked))
  RETURNING c.*, d.woken AS was_woken
),
given AS (
  INSERT INTO run_slots (run_id, workflow_id, key, owner, epoch, stays, grace_ms)
  SELECT c.run_id, c.workflow_id, c.slot_key, c.owner, c.epoch, l.stays, l.grace_ms
  FROM claimed c CROSS JOIN limits l WHERE ${countsFor('c.slot_key', 'l.max')}
),
counted AS (
  INSERT INTO rate_starts (workflow_id, key, at, starts)
  SELECT $2::uuid, c.rate_key, m.at, count(*) FROM claimed c, limits l, moment m
  WHERE ${countsFor('c.rate_key', 'l.rate_max')} GROUP BY c.rate_key, m.at
  UNION ALL
  SELECT $2::uuid, u.rate_key, m.at, 0 FROM used u, moment m WHERE u.is_unknown
),
-- The newest of those that no longer count stays: it says for how long the key is known.
past AS (
  DELETE FROM rate_starts s USING used u, limits l, moment m
  WHERE s.workflow_id = $2 AND s.key = u.rate_key AND s.at < (
    SELECT max(p.at) FROM rate_starts p WHERE p.workflow_id = $2 AND p.key = u.rate_key AND p.at <= m.at - l.per
  )
),
looked AS (
  UPDATE workflow_limits SET look_at = CASE
    WHEN NOT EXISTS (SELECT FROM chosen) THEN coalesce((SELECT min(next_at) FROM rates WHERE room <= 0), 'infinity')
    WHEN NOT EXISTS (SELECT FROM claimed) THEN now() + interval '50 milliseconds'
    ELSE now() END
  WHERE workflow_id = $2
)
SELECT ${claimedColumns}`;
