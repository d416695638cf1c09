/**
 * Takes tasks for one program.
 *
 * Guarantees: each task goes to one program, the most urgent and then the oldest first; what another program is taking at
 * this moment is skipped. $1 user, $2 queues, $3 most tasks, $4 lease, $5 how long it lasts in ms.
 */
export const pollTasksSql = `
WITH due AS MATERIALIZED (
  SELECT id FROM jobs
  WHERE type = 'external.task' AND status = 'queued' AND user_id = $1 AND payload->>'queue' = ANY ($2::text[])
    AND run_at <= clock_timestamp() AND cancel_requested_at IS NULL
  ORDER BY priority, run_at, id
  LIMIT $3
  FOR UPDATE SKIP LOCKED
)
UPDATE jobs j SET status = 'running', owner = $4, epoch = j.epoch + 1, updated_at = now(),
  lease_until = clock_timestamp() + $5 * interval '1 millisecond'
FROM due WHERE j.id = due.id
RETURNING j.id, j.payload, j.owner AS lease, j.lease_until`;

/** Gives back what a program took that had gone by then: nobody has seen it. $1 tasks, $2 lease. */
export const returnTasksSql = `
UPDATE jobs SET status = 'queued', owner = NULL, lease_until = NULL, updated_at = now()
WHERE id = ANY ($1::uuid[]) AND owner = $2 AND type = 'external.task' AND status = 'running'`;

/**
 * Ends a task. Fenced: only while the lease is this program's. The workflow service finds what is over by its row.
 * $1 task, $2 user, $3 lease, $4 status, $5 result.
 */
export const endTaskSql = `
UPDATE jobs SET status = $4, result = $5, processed_at = now(), lease_until = NULL, updated_at = now()
WHERE id = $1 AND user_id = $2 AND owner = $3 AND type = 'external.task' AND status = 'running'
RETURNING id`;

/** Keeps a task for longer. $1 task, $2 user, $3 lease, $4 how long in ms. */
export const heartbeatTaskSql = `
UPDATE jobs SET lease_until = clock_timestamp() + $4 * interval '1 millisecond', updated_at = now()
WHERE id = $1 AND user_id = $2 AND owner = $3 AND type = 'external.task' AND status = 'running'
RETURNING lease_until, cancel_requested_at IS NOT NULL AS cancelled`;

/** What a task is. $1 task, $2 user. */
export const taskStatusSql = `SELECT status FROM jobs WHERE id = $1 AND user_id = $2 AND type = 'external.task'`;

/**
 * How many tasks are due in queues that programs wait for, for those where there are any. It takes none, and looks at no
 * more than so many programs can use. $1 users, $2 a queue of each, $3 how many programs wait for it.
 */
export const waitingTasksSql = `
SELECT w.place::int - 1 AS place, due.tasks
FROM unnest($1::uuid[], $2::text[], $3::int[]) WITH ORDINALITY AS w(user_id, queue, programs, place)
CROSS JOIN LATERAL (
  SELECT count(*)::int AS tasks FROM (
    SELECT FROM jobs
    WHERE type = 'external.task' AND status = 'queued' AND user_id = w.user_id AND payload->>'queue' = w.queue
      AND run_at <= clock_timestamp() AND cancel_requested_at IS NULL
    LIMIT w.programs
  ) AS first_ones
) AS due
WHERE due.tasks > 0`;
