/**
 * Gives up blobs that nothing refers to: whoever wrote them has ended before the commit. One that is being referred to at
 * this moment is locked and left alone. $1 how old they are, in ms; $2 most rows.
 */
export const doomAbandonedSql = `
UPDATE run_blobs SET status = 'doomed' WHERE (id, run_id) IN (
  SELECT id, run_id FROM run_blobs
  WHERE status = 'new' AND created_at < now() - $1 * interval '1 millisecond'
  ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
)`;

/**
 * Gives up blobs of runs that are gone, among the next that are looked at. One that a retry is sharing at this moment is
 * locked and looked at another time. A run that is gone never comes back. $1 and $2 the last that was looked at before: run
 * and blob; $3 most rows.
 * @returns the last that was looked at, and how many were
 */
export const doomUnusedSql = `
WITH looked AS MATERIALIZED (
  SELECT run_id, id, user_id FROM run_blobs
  WHERE (run_id, id) > ($1::uuid, $2::uuid) AND status = 'kept'
  ORDER BY run_id, id LIMIT $3
),
gone AS MATERIALIZED (
  SELECT b.run_id, b.id FROM looked l
  JOIN run_blobs b ON b.run_id = l.run_id AND b.id = l.id AND b.status = 'kept'
  WHERE NOT EXISTS (SELECT FROM workflow_runs r WHERE r.user_id = l.user_id AND r.id = l.run_id)
  FOR UPDATE OF b SKIP LOCKED
),
doomed AS (
  UPDATE run_blobs b SET status = 'doomed' FROM gone g WHERE b.run_id = g.run_id AND b.id = g.id
)
SELECT run_id, id, count(*) OVER ()::int AS looked FROM looked ORDER BY run_id DESC, id DESC LIMIT 1`;

/** Gives up all blobs of accounts. $1 accounts, $2 most rows. */
export const doomBlobsOfSql = `
UPDATE run_blobs SET status = 'doomed' WHERE (id, run_id) IN (
  SELECT id, run_id FROM run_blobs WHERE user_id = ANY ($1::uuid[]) AND status <> 'doomed' LIMIT $2
)`;

/**
 * Blobs that were given up, and whether another run still has them. Such a run cannot appear any more: it would have to
 * share them with one that is not given up. $1 most rows.
 */
export const doomedSql = `
SELECT b.id, b.run_id,
       EXISTS (SELECT FROM run_blobs o WHERE o.id = b.id AND o.status <> 'doomed') AS is_shared
FROM run_blobs b WHERE b.status = 'doomed' ORDER BY b.id LIMIT $1`;

/** Forgets blobs that are gone from the storage. $1 blobs, $2 the run of each. */
export const forgetSql = `
DELETE FROM run_blobs b USING unnest($1::uuid[], $2::uuid[]) AS g (id, run_id)
WHERE b.id = g.id AND b.run_id = g.run_id AND b.status = 'doomed'`;

/** Whether something of accounts is still in the storage. $1 accounts. */
export const hasBlobsSql = 'SELECT EXISTS (SELECT FROM run_blobs WHERE user_id = ANY ($1::uuid[])) AS exists';
