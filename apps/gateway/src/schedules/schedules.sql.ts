/** A workflow with its schedule, as it stands in this transaction. $1 workflow, $2 its owner, null for whoever it is. */
export const scheduleSql = `
SELECT w.id, w.trigger_type = 'cron' AND w.deleted_at IS NULL AS is_cron, w.status = 'active' AS is_active,
       w.config->'trigger' AS trigger, s.cron, s.timezone, s.next_at, s.paused_at, s.note,
       s.workflow_id IS NOT NULL AS is_known, now() AS now
FROM workflows w LEFT JOIN schedules s ON s.workflow_id = w.id
WHERE w.id = $1 AND ($2::uuid IS NULL OR (w.user_id = $2 AND w.deleted_at IS NULL))`;

/** Keeps everybody else from changing the workflow, and so its schedule, in this transaction. $1 workflow. */
export const lockWorkflowSql = 'SELECT FROM workflows WHERE id = $1 FOR UPDATE';

/** $1 workflow, $2 … $6 its trigger's settings, $7 when it fires next. A pause stays. */
export const keepScheduleSql = `
INSERT INTO schedules AS s (workflow_id, cron, timezone, overlap, catch_up, catch_up_window_s, next_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (workflow_id) DO UPDATE SET
  cron = excluded.cron, timezone = excluded.timezone, overlap = excluded.overlap, catch_up = excluded.catch_up,
  catch_up_window_s = excluded.catch_up_window_s, next_at = excluded.next_at, updated_at = now()`;

/** Lets a schedule stand still and gives up what waits. $1 workflow. */
export const stopScheduleSql = `
WITH stopped AS (UPDATE schedules SET next_at = NULL, updated_at = now() WHERE workflow_id = $1)
UPDATE schedule_fires SET status = 'skipped', reason = 'stopped', updated_at = now()
WHERE workflow_id = $1 AND status = 'queued'`;

/** $1 workflow, $2 why. The first pause counts, the last note. */
export const pauseSql = `
UPDATE schedules SET paused_at = coalesce(paused_at, now()), note = $2, updated_at = now() WHERE workflow_id = $1`;

/** $1 workflow, $2 when it fires next: what would have fired during the pause is not caught up. */
export const resumeSql = `
UPDATE schedules SET paused_at = NULL, note = NULL, next_at = $2, updated_at = now()
WHERE workflow_id = $1 AND paused_at IS NOT NULL`;

/** The newest fires of a workflow. $1 workflow, $2 how many. */
export const recentFiresSql = `
SELECT scheduled_for, kind, status, run_id, reason FROM schedule_fires
WHERE workflow_id = $1 ORDER BY scheduled_for DESC LIMIT $2`;

/** How many backfills of a workflow wait, counted to a limit. $1 workflow, $2 where to stop counting. */
export const waitingBackfillsSql = `
SELECT count(*)::int AS waiting FROM (
  SELECT FROM schedule_fires WHERE workflow_id = $1 AND status = 'queued' AND kind = 'backfill' LIMIT $2
) AS counted`;

/**
 * Lets fires of the past wait for their turn.
 *
 * Guarantees: a time that has a run, or waits for one, is left alone, so that each scheduled time starts one run at most
 * however often and by whom it is asked for. $1 workflow, $2 the times, $3 overlap.
 */
export const backfillSql = `
INSERT INTO schedule_fires AS f (workflow_id, scheduled_for, kind, status, overlap)
SELECT $1, at, 'backfill', 'queued', $3 FROM unnest($2::timestamptz[]) AS at
ON CONFLICT (workflow_id, scheduled_for) DO UPDATE
SET kind = 'backfill', status = 'queued', overlap = excluded.overlap, reason = NULL, updated_at = now()
WHERE f.status = 'skipped'
RETURNING f.scheduled_for`;
