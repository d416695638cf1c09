/**
 * Puts claimed runs into the queues of their workflows, and gives their claims up.
 *
 * Guarantees
 * - Fenced like every write. Claims are locked in the order of their ids, workflows after them and in theirs.
 * - Whoever lets runs in and holds the workflow's row at this moment does so without these, and looks once more.
 * - The settings are those of the newest version of which a run has come.
 * - A run that kept its slot while it was parked, and only such a one, goes on at once: its id is answered.
 *
 * $1 owner; $2 … $6 a run each: id, epoch, keys of slot and rate ('' = needs none), whether it has begun; $7 the settings of
 * each workflow.
 */
export const enterQueueSql = `
WITH incoming AS (
  SELECT * FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::boolean[])
    AS i (run_id, epoch, slot_key, rate_key, has_begun)
),
fenced AS MATERIALIZED (
  SELECT c.run_id, c.workflow_id, c.run_at, i.epoch, i.slot_key, i.rate_key, i.has_begun
  FROM claims c JOIN incoming i ON i.run_id = c.run_id
  WHERE c.owner = $1 AND c.epoch = i.epoch
  ORDER BY c.run_id
  FOR UPDATE OF c
),
resumed AS (
  UPDATE run_slots s SET owner = $1, epoch = f.epoch FROM fenced f
  WHERE s.run_id = f.run_id AND s.owner IS NULL AND s.held_until IS NULL AND NOT s.freed
  RETURNING s.run_id
),
limited AS (
  INSERT INTO workflow_limits AS l (workflow_id, user_id, version, max, stays, grace_ms, rate_max, per_ms)
  SELECT w.* FROM jsonb_to_recordset($7::jsonb)
    AS w (workflow_id uuid, user_id uuid, version int, max int, stays boolean, grace_ms int, rate_max int, per_ms bigint)
  WHERE w.workflow_id IN (SELECT workflow_id FROM fenced)
  ORDER BY w.workflow_id
  ON CONFLICT (workflow_id) DO UPDATE SET
    look_at = least(l.look_at, now()),
    version = greatest(l.version, excluded.version),
    (max, stays, rate_max, per_ms) = (SELECT s.max, s.stays, s.rate_max, s.per_ms
      FROM (VALUES (excluded.version, excluded.max, excluded.stays, excluded.rate_max, excluded.per_ms),
                   (l.version, l.max, l.stays, l.rate_max, l.per_ms)) AS s (version, max, stays, rate_max, per_ms)
      ORDER BY s.version DESC LIMIT 1),
    -- A call of an older version may be open for as long as that one said.
    grace_ms = greatest(l.grace_ms, excluded.grace_ms)
  RETURNING workflow_id
),
queued AS (
  UPDATE claims c SET
    owner = NULL, slot_key = f.slot_key, rate_key = f.rate_key,
    queue_order = CASE WHEN f.has_begun THEN f.run_at - interval '100 years' ELSE f.run_at END
  FROM fenced f JOIN limited l ON l.workflow_id = f.workflow_id
  WHERE c.run_id = f.run_id AND f.run_id NOT IN (SELECT run_id FROM resumed)
)
SELECT run_id FROM resumed`;
