/**
 * Picks the jobs whose messages are to be put into a queue.
 *
 * Guarantees
 * - Only the most urgent due jobs are in Redis, so a flood fills PostgreSQL and not Redis, and an urgent job that comes
 *   later is still served before the rest of the flood.
 * - A message that Redis has lost is sent again: whatever has waited for $4 ms since it was last sent. Sending one
 *   that is still there changes nothing.
 * - Two relays share the work instead of repeating it.
 *
 * $1 job types, $2 how many jobs may be in Redis, $3 most rows, $4 ms after which a message is sent again.
 */
export const dueJobsSql = `
WITH head AS (
  SELECT id FROM jobs
  WHERE status = 'queued' AND run_at <= clock_timestamp() AND type = ANY ($1::text[])
  ORDER BY priority, run_at
  LIMIT $2
),
unsent AS (
  SELECT id FROM jobs
  WHERE id IN (SELECT id FROM head) AND status = 'queued'
    AND (enqueued_at IS NULL OR enqueued_at < clock_timestamp() - $4 * interval '1 millisecond')
  ORDER BY priority, run_at
  LIMIT $3
  FOR UPDATE SKIP LOCKED
),
sent AS (
  UPDATE jobs SET enqueued_at = clock_timestamp() FROM unsent WHERE jobs.id = unsent.id
  RETURNING jobs.id, jobs.epoch, jobs.priority, jobs.run_at
)
SELECT id AS "jobId", epoch, priority FROM sent ORDER BY priority, run_at`;
