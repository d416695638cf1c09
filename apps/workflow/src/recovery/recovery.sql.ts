/**
 * Frees the runs of replicas that are dead. Their next owner has a higher epoch, so that nothing the dead one may still
 * send is accepted.
 */
export const freeRunsOfTheDeadSql = `
UPDATE claims SET owner = NULL, run_at = least(run_at, now())
WHERE owner IN (SELECT id FROM replicas WHERE dead_at IS NOT NULL)
RETURNING run_id`;

/** Forgets replicas that have been dead for a day and own nothing. */
export const forgetTheDeadSql = `
DELETE FROM replicas r WHERE r.dead_at < now() - interval '1 day'
  AND NOT EXISTS (SELECT FROM claims c WHERE c.owner = r.id)`;

/**
 * Wakes the runs whose jobs are over, once for each job.
 *
 * Guarantees: a job is marked as delivered only when its run can see it, that is, when nobody is executing the run at
 * this moment; a run that is over needs no waking. Both in one statement. $1 most rows.
 */
export const deliverJobsSql = `
WITH over AS MATERIALIZED (
  SELECT j.id, j.run_id FROM jobs j
  WHERE j.run_id IS NOT NULL AND j.delivered_at IS NULL
    AND j.status IN ('succeeded', 'failed', 'cancelled', 'in_doubt')
    AND NOT EXISTS (SELECT FROM claims c WHERE c.run_id = j.run_id AND c.owner IS NOT NULL)
  ORDER BY j.id
  LIMIT $1
  FOR UPDATE SKIP LOCKED
),
woken AS (
  UPDATE claims c SET run_at = least(c.run_at, now()), woken = true
  FROM (SELECT DISTINCT run_id FROM over) o WHERE c.run_id = o.run_id
)
UPDATE jobs j SET delivered_at = now() FROM over o WHERE j.id = o.id
RETURNING j.id`;
