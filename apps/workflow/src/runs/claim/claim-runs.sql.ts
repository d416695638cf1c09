/** What whoever has claimed runs knows of them. `claimed` is a CTE of rows of claims that were claimed just now. */
export const claimedColumns = `c.run_id, c.retention, c.workflow_id, c.version, c.user_id, c.epoch, c.was_woken, c.watched,
       c.cancel_requested_at IS NOT NULL AS cancel_requested, now() AS claimed_at,
       r.status, r.input, r.input_blob, r.trigger, r.correlation_id, r.tags, r.depth, r.created_at
FROM claimed c
JOIN workflow_runs r ON r.retention = c.retention AND r.id = c.run_id
ORDER BY c.run_at`;

/** The owner who has the next turn after `user`: when there is none after them, the first of all. */
const nextOwner = (user: string): string => `coalesce(
      (SELECT user_id FROM claims WHERE owner IS NULL AND epoch = 0 AND user_id > ${user} ORDER BY user_id LIMIT 1),
      (SELECT user_id FROM claims WHERE owner IS NULL AND epoch = 0 ORDER BY user_id LIMIT 1))`;

/**
 * Takes due runs for one replica.
 *
 * Guarantees
 * - A run has one owner: rows that another replica is claiming at this moment are skipped, not waited for.
 * - The epoch grows with every claim, so that every write of an earlier owner is refused from here on.
 * - What has begun goes before what never began, the longest due first; but a quarter is left to what never began.
 * - Owners of what never began take turns, from `$6` on, each with an equal part: whoever goes on after `last_owner` while
 *   `is_more` reaches everybody. It jumps from one to the next: neither parked runs nor the length of a backlog cost it.
 * - What waits in a queue of `config.limits` is left there, unless somebody asked to cancel it.
 * - Of nobody more than there is room for.
 * - A wake-up that came before the claim is answered by it, and told: what woke the run is to be read.
 *
 * $1 owner; $2 most runs; $3 room for the runs of anybody but $4, who have the room in $5; $6 the last owner of the
 * claim before.
 */
export const claimRunsSql = `
WITH RECURSIVE room AS MATERIALIZED (SELECT * FROM unnest($4::uuid[], $5::int[]) AS r (user_id, room)),
begun AS MATERIALIZED (
  SELECT run_id, user_id, run_at, woken FROM claims
  WHERE owner IS NULL AND epoch > 0 AND (queue_order IS NULL OR cancel_requested_at IS NOT NULL)
    AND run_at <= now() AND user_id NOT IN (SELECT user_id FROM room WHERE room = 0)
  ORDER BY run_at
  LIMIT ($2::int * 3 + 3) / 4
  FOR UPDATE SKIP LOCKED
),
owners (user_id, first) AS (
  SELECT o.user_id, o.user_id FROM (SELECT ${nextOwner('$6::uuid')} AS user_id) o WHERE o.user_id IS NOT NULL
  UNION ALL
  SELECT n.user_id, o.first FROM owners o CROSS JOIN LATERAL (SELECT ${nextOwner('o.user_id')} AS user_id) n
  WHERE n.user_id <> o.first
),
turns AS MATERIALIZED (
  SELECT t.*, row_number() OVER () AS turn FROM (
    SELECT o.user_id, coalesce(r.room, $3::int) AS room FROM owners o LEFT JOIN room r ON r.user_id = o.user_id
    WHERE coalesce(r.room, $3::int) > 0
    LIMIT $2
  ) t
),
part AS MATERIALIZED (
  SELECT p.places, ceil(p.places / greatest(1, (SELECT count(*) FROM turns))::numeric)::int AS of_each
  FROM (SELECT $2::int - (SELECT count(*)::int FROM begun) AS places) p
),
fresh AS MATERIALIZED (
  SELECT f.* FROM (SELECT t.user_id, least(p.of_each, t.room) AS most FROM turns t, part p ORDER BY t.turn) t
  CROSS JOIN LATERAL (
    SELECT run_id, user_id, run_at, woken FROM claims
    WHERE owner IS NULL AND epoch = 0 AND user_id = t.user_id AND run_at <= now()
    ORDER BY run_at
    LIMIT t.most
    FOR UPDATE SKIP LOCKED
  ) f
  LIMIT (SELECT places FROM part)
),
due AS (
  SELECT d.*, row_number() OVER (PARTITION BY d.user_id ORDER BY d.is_fresh, d.run_at) AS place FROM (
    SELECT *, false AS is_fresh FROM begun UNION ALL SELECT *, true FROM fresh
  ) d
),
claimed AS (
  UPDATE claims c SET owner = $1, epoch = c.epoch + 1, woken = false
  FROM due d LEFT JOIN room r ON r.user_id = d.user_id
  WHERE c.run_id = d.run_id AND d.place <= coalesce(r.room, $3::int)
  RETURNING c.*, d.woken AS was_woken
)
SELECT (SELECT user_id FROM turns ORDER BY turn DESC LIMIT 1) AS last_owner,
       (SELECT count(*) FROM begun) = ($2::int * 3 + 3) / 4
         OR EXISTS (SELECT FROM fresh GROUP BY user_id HAVING count(*) >= (SELECT of_each FROM part)) AS is_more,
       ${claimedColumns}`;

/** Whether {@link claimRunsSql} may find something. */
export const hasDueRunsSql = `
(SELECT true FROM claims
 WHERE owner IS NULL AND epoch > 0 AND (queue_order IS NULL OR cancel_requested_at IS NOT NULL) AND run_at <= now()
 ORDER BY run_at LIMIT 1) IS TRUE
OR (SELECT true FROM claims WHERE owner IS NULL AND epoch = 0 ORDER BY user_id, run_at LIMIT 1) IS TRUE`;

/**
 * Whether a replica has any run. Counted, because who looks for the first only may begin at the beginning of another index.
 * $1 owner.
 */
export const hasOwnedRunsSql = `(SELECT count(*) > 0 FROM claims WHERE owner = $1::uuid)`;

/**
 * The runs of a replica, which of them somebody asked to cancel, and for which something has come that they may wait
 * for. $1 owner.
 */
export const ownedRunsSql = `
SELECT run_id, cancel_requested_at IS NOT NULL AS cancel_requested, woken FROM claims WHERE owner = $1`;
