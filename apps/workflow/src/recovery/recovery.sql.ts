import { hasSilentReplicasSql } from '@app/database';

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

/** Whether {@link deliverJobsSql} finds something. */
export const hasEndedJobsSql = `
(SELECT true FROM jobs
 WHERE run_id IS NOT NULL AND delivered_at IS NULL AND status IN ('succeeded', 'failed', 'cancelled', 'in_doubt')
 ORDER BY id LIMIT 1) IS TRUE`;

/** Whether {@link deliverChildrenSql} or {@link cancelChildrenSql} finds something. */
export const hasFamilyNewsSql = `
(SELECT true FROM child_runs WHERE status <> 'running' AND delivered_at IS NULL ORDER BY run_id LIMIT 1) IS TRUE
OR (SELECT true FROM child_runs WHERE cancel_requested_at IS NOT NULL AND cancel_delivered_at IS NULL
    ORDER BY run_id LIMIT 1) IS TRUE`;

/**
 * Wakes the runs whose jobs are over, once for each job.
 *
 * Guarantees: a job is marked as delivered in the statement that wakes its run. A run that somebody is executing at this
 * moment keeps the mark until it is claimed again, so that it cannot be parked without having seen the job; one that is
 * over needs no waking. $1 most rows.
 */
export const deliverJobsSql = `
WITH over AS MATERIALIZED (
  SELECT j.id, j.run_id FROM jobs j
  WHERE j.run_id IS NOT NULL AND j.delivered_at IS NULL
    AND j.status IN ('succeeded', 'failed', 'cancelled', 'in_doubt')
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

/**
 * Wakes the runs that wait for runs which are over, once for each. Claims are locked in the order of their ids.
 * $1 most rows.
 */
export const deliverChildrenSql = `
WITH over AS MATERIALIZED (
  SELECT run_id, parent_id FROM child_runs
  WHERE status <> 'running' AND delivered_at IS NULL
  ORDER BY run_id
  LIMIT $1
  FOR UPDATE SKIP LOCKED
),
parents AS (
  SELECT c.run_id FROM claims c WHERE c.run_id IN (SELECT parent_id FROM over) ORDER BY c.run_id FOR UPDATE
),
woken AS (
  UPDATE claims c SET run_at = least(c.run_at, now()), woken = true FROM parents p WHERE c.run_id = p.run_id
)
UPDATE child_runs c SET delivered_at = now() FROM over o WHERE c.run_id = o.run_id
RETURNING c.run_id`;

/**
 * Passes on that nobody waits for a run any more: asks for its cancellation. What belongs to a parent that is over is
 * forgotten with it. $1 most rows.
 */
export const cancelChildrenSql = `
WITH unwanted AS MATERIALIZED (
  SELECT run_id, parent_id FROM child_runs
  WHERE cancel_requested_at IS NOT NULL AND cancel_delivered_at IS NULL
  ORDER BY run_id
  LIMIT $1
  FOR UPDATE SKIP LOCKED
),
children AS (
  SELECT c.run_id FROM claims c WHERE c.run_id IN (SELECT run_id FROM unwanted) ORDER BY c.run_id FOR UPDATE
),
asked AS (
  UPDATE claims c
  SET cancel_requested_at = coalesce(c.cancel_requested_at, now()), run_at = least(c.run_at, now()), woken = true
  FROM children d WHERE c.run_id = d.run_id
  RETURNING c.run_id
),
told AS (
  UPDATE child_runs c SET cancel_delivered_at = now() FROM unwanted u
  WHERE c.run_id = u.run_id AND EXISTS (SELECT FROM claims p WHERE p.run_id = u.parent_id)
),
forgotten AS (
  DELETE FROM child_runs c USING unwanted u
  WHERE c.run_id = u.run_id AND NOT EXISTS (SELECT FROM claims p WHERE p.run_id = u.parent_id)
)
SELECT u.run_id, a.run_id IS NOT NULL AS is_under_way FROM unwanted u LEFT JOIN asked a ON a.run_id = u.run_id`;

/** Nobody has the run of a slot `s` any more who took it. */
const isOfTheLost = `s.held_until IS NULL AND NOT s.freed AND NOT EXISTS (
  SELECT FROM claims c WHERE c.run_id = s.run_id AND (s.owner IS NULL OR (c.owner = s.owner AND c.epoch = s.epoch)))`;

/**
 * Holds the slots whose run nobody has any more who took them: their holder died, froze or lost its lease, and may have a
 * call open for as long as one may take. So nothing but the commit of a run gives a slot up at once.
 */
export const holdSlotsOfTheLostSql = `
UPDATE run_slots s SET held_until = clock_timestamp() + s.grace_ms * interval '1 millisecond'
WHERE ${isOfTheLost}`;

/** Whether a replica is to be declared dead, or has left something behind that was not freed or held. */
export const hasLossesSql = `
${hasSilentReplicasSql}
OR EXISTS (SELECT FROM replicas r WHERE r.dead_at IS NOT NULL
           AND (SELECT count(*) > 0 FROM claims c WHERE c.owner = r.id))
OR EXISTS (SELECT FROM run_slots s WHERE s.held_until <= clock_timestamp() AND NOT s.freed OR ${isOfTheLost})`;

/**
 * Gives up the slots that nobody can have a call open for any more. One that its run keeps to the end (`stays`) is the run's
 * again, which need not wait for another one.
 */
export const giveUpHeldSlotsSql = `
WITH over AS MATERIALIZED (
  SELECT s.run_id, s.stays AND EXISTS (SELECT FROM claims c WHERE c.run_id = s.run_id) AS stays
  FROM run_slots s WHERE s.held_until <= clock_timestamp() AND NOT s.freed
),
waiting AS MATERIALIZED (
  SELECT run_id FROM claims
  WHERE run_id IN (SELECT run_id FROM over WHERE stays) AND owner IS NULL AND queue_order IS NOT NULL
  ORDER BY run_id
  FOR UPDATE
),
due AS (
  UPDATE claims c SET queue_order = NULL, run_at = least(c.run_at, now()) FROM waiting w WHERE c.run_id = w.run_id
)
UPDATE run_slots s SET freed = NOT o.stays, owner = NULL, held_until = NULL FROM over o WHERE s.run_id = o.run_id
RETURNING s.run_id`;
