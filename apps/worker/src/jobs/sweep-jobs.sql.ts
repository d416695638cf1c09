/** Whether {@link sweepJobsSql} may find something. */
export const hasExpiredJobsSql = `
(SELECT true FROM jobs WHERE status = 'running' AND lease_until < clock_timestamp() ORDER BY lease_until LIMIT 1) IS TRUE`;

/**
 * Takes jobs away from attempts that nobody will finish: their lease has run out.
 *
 * Guarantees
 * - An unsafe job becomes in_doubt: its effect may have happened, so it is not run again.
 * - A safe one is queued again, as a retry of the one retry counter; with no retries left it has failed. That also ends
 *   a job that kills whoever works at it.
 * - The dead attempt cannot finish any more: the status is no longer running.
 *
 * $1 job types, $2 whether each is unsafe, $3 the retries each has unless its row says otherwise, $4 most rows.
 */
export const sweepJobsSql = `
WITH kinds AS (
  SELECT * FROM unnest($1::text[], $2::boolean[], $3::integer[]) AS k (type, unsafe, max_retries)
),
expired AS (
  SELECT jobs.id,
         CASE WHEN kinds.unsafe THEN 'in_doubt'
              WHEN jobs.cancel_requested_at IS NOT NULL THEN 'cancelled'
              WHEN jobs.retries < coalesce(jobs.max_retries, kinds.max_retries) THEN 'queued'
              ELSE 'failed' END AS next
  FROM jobs JOIN kinds ON kinds.type = jobs.type
  WHERE jobs.status = 'running' AND jobs.lease_until < clock_timestamp()
  ORDER BY jobs.lease_until
  LIMIT $4
  FOR UPDATE OF jobs SKIP LOCKED
)
UPDATE jobs SET
  status = expired.next,
  retries = jobs.retries + (expired.next = 'queued')::integer,
  result = jsonb_build_object('success', false, 'error', CASE expired.next
    WHEN 'in_doubt' THEN '{"code": "IN_DOUBT", "message": "The worker ended in the middle of it."}'::jsonb
    WHEN 'cancelled' THEN '{"code": "CANCELLED", "message": "The run was cancelled."}'::jsonb
    ELSE '{"code": "JOB_FAILED", "message": "The worker ended in the middle of it."}'::jsonb END),
  processed_at = CASE WHEN expired.next = 'queued' THEN NULL ELSE now() END,
  enqueued_at = NULL,
  lease_until = NULL,
  updated_at = now()
FROM expired
WHERE jobs.id = expired.id
RETURNING jobs.id, jobs.type, jobs.status, jobs.run_id AS "runId"`;
