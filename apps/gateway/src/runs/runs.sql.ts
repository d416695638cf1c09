import { runColumns } from '@app/database';

/** One run of a user. Goes by (user_id, id), which is an index in each partition. */
export const runSql = `SELECT ${runColumns}, input, input_blob, output, output_blob FROM workflow_runs WHERE user_id = $2 AND id = $1`;

/** How one run of a user stands. */
export const runStatusSql = 'SELECT status FROM workflow_runs WHERE user_id = $2 AND id = $1';

/** The newest runs of a workflow. */
export const latestRunsSql = `
SELECT ${runColumns} FROM workflow_runs
WHERE workflow_id = $1 AND user_id = $2
ORDER BY id DESC LIMIT $3`;

export const hasClaimsSql = 'SELECT EXISTS (SELECT FROM claims WHERE workflow_id = $1) AS exists';

/**
 * Removes a finished run with everything that was kept about it.
 *
 * Guarantees: a run that is not over stays whole. Nobody writes to a finished run, so there is no race to lose; what a
 * fenced replica may still report about it is a row of the effect ledger without a reader.
 */
export const deleteRunSql = `
WITH doomed AS (
  DELETE FROM workflow_runs
  WHERE user_id = $2 AND id = $1 AND status = ANY ($3)
  RETURNING id, retention, workflow_id, status
),
journal AS (DELETE FROM run_journal j USING doomed d WHERE j.retention = d.retention AND j.run_id = d.id),
ledger AS (DELETE FROM effect_ledger l USING doomed d WHERE l.run_id = d.id),
inbox AS (DELETE FROM run_inbox i USING doomed d WHERE i.run_id = d.id),
wait AS (DELETE FROM event_waits e USING doomed d WHERE e.run_id = d.id),
-- Their payloads are part of the run's data. One that a worker still has in hand is left to it.
job AS (DELETE FROM jobs j USING doomed d WHERE j.run_id = d.id AND j.status <> 'running')
SELECT workflow_id, status FROM doomed`;
