import { mayActAlone } from '@app/database';

/** A schedule's row, whether it may fire, and what time it is. $1 the time instead of the database's, for tests. */
const columns = `
SELECT s.workflow_id, s.cron, s.timezone, s.overlap, s.catch_up, s.catch_up_window_s, s.next_at,
       s.paused_at IS NOT NULL AS is_paused, w.user_id,
       w.status = 'active' AND w.deleted_at IS NULL AND w.trigger_type = 'cron' AND ${mayActAlone('u')} AS may_fire,
       coalesce($1::timestamptz, now()) AS now
FROM schedules s
JOIN workflows w ON w.id = s.workflow_id
JOIN users u ON u.id = w.user_id`;

/**
 * Takes schedules that are due, the most overdue first.
 *
 * Guarantees: nobody else takes one before this transaction ends; one that somebody holds is left to them. A change of
 * the schedule that was committed before is seen, because the row is locked in its newest version or not at all.
 * $2 most schedules.
 */
export const takeDueSql = `${columns}
WHERE s.next_at <= coalesce($1::timestamptz, now()) AND s.paused_at IS NULL
ORDER BY s.next_at
LIMIT $2
FOR UPDATE OF s SKIP LOCKED`;

/** A run that the schedule `s` started and that is not over: a run that is over has no claim. */
const hasUnfinished = `EXISTS (
  SELECT FROM claims c JOIN schedule_fires f ON f.run_id = c.run_id AND f.workflow_id = c.workflow_id
  WHERE c.workflow_id = s.workflow_id)`;

/** The same for schedules with a waiting fire that may start. $2 most schedules. */
export const takeQueuedSql = `${columns}
WHERE s.workflow_id IN (SELECT workflow_id FROM schedule_fires WHERE status = 'queued')
  AND EXISTS (
    SELECT FROM schedule_fires q
    WHERE q.workflow_id = s.workflow_id AND q.status = 'queued'
      AND (q.kind = 'backfill' OR s.paused_at IS NULL)
      AND (q.overlap = 'allow' OR NOT ${hasUnfinished}))
LIMIT $2
FOR UPDATE OF s SKIP LOCKED`;

/**
 * What belongs to schedules that are taken: the waiting fires, and whether a run is unfinished. Read after the lock, so
 * that it is what the last turn left. $1 workflows, $2 most fires of each kind and schedule.
 */
export const openFiresSql = `
SELECT s.workflow_id, ${hasUnfinished} AS has_unfinished,
       (SELECT coalesce(json_agg(q), '[]') FROM (
          (SELECT scheduled_for AS at, kind, overlap FROM schedule_fires f
           WHERE f.workflow_id = s.workflow_id AND f.status = 'queued' AND f.kind = 'fire' ORDER BY 1 LIMIT $2)
          UNION ALL
          (SELECT scheduled_for AS at, kind, overlap FROM schedule_fires f
           WHERE f.workflow_id = s.workflow_id AND f.status = 'queued' AND f.kind = 'backfill'
           ORDER BY overlap, scheduled_for LIMIT $2)
        ) AS q) AS queued
FROM schedules s WHERE s.workflow_id = ANY ($1::uuid[])`;

/**
 * Writes what became of fires.
 *
 * Guarantees: of each scheduled time of a workflow there is one row for ever, and it starts one run at most: a fire that
 * is there already changes only while it waits. Answers with the runs whose fires were written: only they may start.
 * $1 … $7 a fire each.
 */
export const writeFiresSql = `
INSERT INTO schedule_fires AS f (workflow_id, scheduled_for, kind, status, overlap, run_id, reason)
SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[])
ON CONFLICT (workflow_id, scheduled_for) DO UPDATE
SET status = excluded.status, run_id = excluded.run_id, reason = excluded.reason, updated_at = now()
WHERE f.status = 'queued'
RETURNING run_id`;

/** Fires whose run was refused, because the workflow was stopped or its owner may not act. $1 the runs. */
export const refuseFiresSql = `
UPDATE schedule_fires SET status = 'skipped', reason = 'stopped', run_id = NULL, updated_at = now()
WHERE run_id = ANY ($1::uuid[])`;

/** $1 workflows, $2 when each fires next. */
export const moveSchedulesSql = `
UPDATE schedules s SET next_at = i.next_at, updated_at = now()
FROM unnest($1::uuid[], $2::timestamptz[]) AS i (workflow_id, next_at) WHERE s.workflow_id = i.workflow_id`;

/**
 * Asks for the cancellation of what is unfinished of schedules: as for any run, the claim is marked and made due. Claims
 * are locked in the order of their ids, like all who lock several of them. $1 workflows.
 */
export const cancelScheduledRunsSql = `
WITH unfinished AS (
  SELECT c.run_id FROM claims c JOIN schedule_fires f ON f.run_id = c.run_id AND f.workflow_id = c.workflow_id
  WHERE c.workflow_id = ANY ($1::uuid[]) AND c.cancel_requested_at IS NULL
  ORDER BY c.run_id
  FOR UPDATE OF c
)
UPDATE claims c SET cancel_requested_at = now(), run_at = least(c.run_at, now()), woken = true
FROM unfinished u WHERE c.run_id = u.run_id
RETURNING c.run_id, c.owner IS NOT NULL AS is_held`;

/** An expression: how long until the next fire of any schedule, in ms; null when there is none. */
export const untilNextSql = `
(SELECT (extract(epoch FROM next_at - now()) * 1000)::float8
 FROM schedules WHERE next_at IS NOT NULL AND paused_at IS NULL ORDER BY next_at LIMIT 1)`;

/** The same, and 0 while a fire waits, which may be able to start. */
export const untilWorkSql = `
CASE WHEN (SELECT true FROM schedule_fires WHERE status = 'queued' ORDER BY workflow_id, scheduled_for LIMIT 1) THEN 0::float8
     ELSE ${untilNextSql} END`;
