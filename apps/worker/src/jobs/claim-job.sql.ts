/**
 * Takes one queued job for a replica.
 *
 * Guarantees
 * - Of all replicas that were told of this attempt, at most one gets it: the row must still have the epoch that the
 *   message names, and the claim raises it.
 * - A replica that was declared dead gets nothing.
 * - A job whose run was cancelled meanwhile ends here, without a worker having seen it.
 *
 * $1 job, $2 epoch of the message, $3 replica, $4 lease in ms.
 */
export const claimJobSql = `
UPDATE jobs SET
  status = CASE WHEN cancel_requested_at IS NULL THEN 'running' ELSE 'cancelled' END,
  processed_at = CASE WHEN cancel_requested_at IS NULL THEN NULL ELSE now() END,
  result = CASE WHEN cancel_requested_at IS NULL THEN NULL
                ELSE '{"success": false, "error": {"code": "CANCELLED", "message": "The run was cancelled."}}'::jsonb END,
  owner = $3,
  epoch = epoch + 1,
  lease_until = clock_timestamp() + $4 * interval '1 millisecond',
  updated_at = now()
WHERE id = $1 AND epoch = $2 AND status = 'queued' AND run_at <= clock_timestamp()
  AND EXISTS (SELECT 1 FROM replicas WHERE replicas.id = $3 AND dead_at IS NULL)
RETURNING id, type, payload, epoch, owner, retries, status,
          max_retries AS "maxRetries", run_id AS "runId", user_id AS "userId"`;
