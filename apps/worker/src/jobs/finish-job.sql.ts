/**
 * Ends an attempt: the job is over, or queued again for a later one.
 *
 * Guarantees
 * - Fenced: nothing happens unless this owner holds this epoch and nobody has taken the job away. An attempt whose
 *   lease ran out and that was swept meanwhile cannot be finished any more.
 * - A finished job of a run is not delivered yet: the workflow service takes it from here, however often Redis loses
 *   the hint.
 *
 * $1 job, $2 owner, $3 epoch, $4 status, $5 result, $6 retries, $7 delay before the next attempt in ms.
 */
export const finishJobSql = `
UPDATE jobs SET
  status = $4::text,
  result = $5::jsonb,
  retries = $6,
  run_at = CASE WHEN $4::text = 'queued' THEN clock_timestamp() + $7 * interval '1 millisecond' ELSE run_at END,
  processed_at = CASE WHEN $4::text = 'queued' THEN NULL ELSE now() END,
  enqueued_at = NULL,
  lease_until = NULL,
  updated_at = now()
WHERE id = $1 AND owner = $2 AND epoch = $3 AND status = 'running'
RETURNING id`;
