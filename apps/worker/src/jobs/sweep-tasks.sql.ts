/** Whether {@link sweepTasksSql} finds something that is not running; a job that a worker is to take may be meant, too. */
export const hasUnwantedTasksSql = `
(SELECT true FROM jobs WHERE status = 'queued' AND cancel_requested_at IS NOT NULL ORDER BY id LIMIT 1) IS TRUE`;

/**
 * Takes tasks away from programs whose lease has run out, and ends what no run wants any more.
 *
 * Guarantees
 * - A task that may be given out twice (`effect: keyed`) waits again; any other one is in doubt, because nobody knows
 *   what the program did.
 * - The program that had it cannot end it any more: its lease is gone.
 *
 * $1 the types of jobs without a worker here, $2 most rows.
 */
export const sweepTasksSql = `
WITH lapsed AS (
  SELECT id, CASE WHEN status = 'queued' OR cancel_requested_at IS NOT NULL AND payload->>'effect' = 'keyed' THEN 'cancelled'
                  WHEN payload->>'effect' = 'keyed' THEN 'queued' ELSE 'in_doubt' END AS next
  FROM jobs
  WHERE type = ANY ($1::text[])
    AND (status = 'running' AND lease_until < clock_timestamp() OR status = 'queued' AND cancel_requested_at IS NOT NULL)
  ORDER BY id
  LIMIT $2
  FOR UPDATE SKIP LOCKED
)
UPDATE jobs j SET
  status = lapsed.next, owner = NULL, lease_until = NULL, updated_at = now(),
  processed_at = CASE WHEN lapsed.next = 'queued' THEN NULL ELSE now() END,
  result = CASE lapsed.next
    WHEN 'queued' THEN NULL
    WHEN 'cancelled' THEN '{"success": false, "error": {"code": "CANCELLED", "message": "The run was cancelled."}}'::jsonb
    ELSE '{"success": false, "error": {"code": "IN_DOUBT", "message": "The lease of the program that had it ran out."}}'::jsonb
  END
FROM lapsed WHERE j.id = lapsed.id
RETURNING j.id, j.type, j.status, j.run_id AS "runId"`;
