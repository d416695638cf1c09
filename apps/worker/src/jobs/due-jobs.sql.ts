/** Whether {@link dueJobsSql} may find something: all of it may be in Redis. @param types of jobs, as the catalog has them */
export const hasDueJobsSql = (types: readonly string[]): string => `
(SELECT true FROM jobs WHERE status = 'queued' AND run_at <= clock_timestamp() AND type IN ('${types.join("', '")}')
 ORDER BY priority, run_at LIMIT 1) IS TRUE`;

/** Whether {@link dueDeliveriesSql} may find something: all of it may be in Redis, or due later. */
export const hasDeliveriesSql = `
(SELECT true FROM jobs WHERE type = 'event.deliver' AND status = 'queued' ORDER BY user_id, run_at LIMIT 1) IS TRUE`;

/** Deliveries of one owner that may be in Redis: as many as a relay moves at once. */
const OF_ONE_OWNER = 200;

/** Of those at the head, the ones that are not in Redis. Parameters as of `dueJobsSql`. */
const unsentAndSent = `
unsent AS (
  SELECT id FROM jobs
  WHERE id IN (SELECT id FROM head) AND status = 'queued'
    AND (enqueued_at IS NULL OR enqueued_at < clock_timestamp() - $3 * interval '1 millisecond')
  ORDER BY priority, run_at
  LIMIT $2
  FOR UPDATE SKIP LOCKED
),
sent AS (
  UPDATE jobs SET enqueued_at = clock_timestamp() FROM unsent WHERE jobs.id = unsent.id
  RETURNING jobs.id, jobs.epoch, jobs.priority, jobs.run_at, jobs.user_id
)
SELECT id AS "jobId", epoch, priority, user_id AS owner FROM sent ORDER BY priority, run_at`;

/**
 * Picks the jobs whose messages are to be put into a queue.
 *
 * Guarantees
 * - Only the most urgent due jobs are in Redis, so a flood fills PostgreSQL and not Redis, and an urgent job that comes
 *   later is still served before the rest of the flood.
 * - A message that Redis has lost is sent again: whatever has waited for $3 ms since it was last sent. Sending one
 *   that is still there changes nothing.
 * - Two relays share the work instead of repeating it.
 *
 * $1 how many jobs may be in Redis, $2 most rows, $3 ms after which a message is sent again, $4 job types.
 */
export const dueJobsSql = `
WITH head AS (
  SELECT id FROM jobs
  WHERE status = 'queued' AND run_at <= clock_timestamp() AND type = ANY ($4::text[])
  ORDER BY priority, run_at
  LIMIT $1
),${unsentAndSent}`;

/**
 * The same for deliveries, whose receivers may hang: of each owner the first due ones, so that what waits of one is never
 * before all of another's. Skips from owner to owner in the index jobs_deliveries. $1 to $3 as there.
 */
export const dueDeliveriesSql = `
WITH RECURSIVE owners AS (
  (SELECT user_id FROM jobs WHERE type = 'event.deliver' AND status = 'queued' ORDER BY user_id LIMIT 1)
  UNION ALL
  SELECT (SELECT j.user_id FROM jobs j
          WHERE j.type = 'event.deliver' AND j.status = 'queued' AND j.user_id > owners.user_id ORDER BY j.user_id LIMIT 1)
  FROM owners WHERE owners.user_id IS NOT NULL
),
head AS (
  SELECT id FROM owners CROSS JOIN LATERAL (
    SELECT id, run_at, row_number() OVER (ORDER BY run_at) AS turn FROM jobs
    WHERE type = 'event.deliver' AND status = 'queued' AND jobs.user_id = owners.user_id AND run_at <= clock_timestamp()
    ORDER BY run_at LIMIT ${OF_ONE_OWNER}
  ) due
  ORDER BY turn, run_at
  LIMIT $1
),${unsentAndSent}`;
