import { mayAct } from '@app/database';

/** The definition of a workflow of a user's, which stays as it is until the transaction ends: $1 workflow, $2 user. */
export const testedWorkflowSql = `
SELECT w.version, w.steps FROM workflows w
JOIN users u ON u.id = w.user_id AND ${mayAct('u')}
WHERE w.id = $1 AND w.user_id = $2 AND w.deleted_at IS NULL
FOR SHARE OF w`;

/**
 * Accepts the test of a step: its run, its claim and the journal that says what the step sees. Nothing when the id is taken,
 * by what the same request made before. A run with a journal counts as claimed once: a first claim does not look for one.
 *
 * $1 id of the run, $2 workflow, $3 step, $4 input, $5 entries of the journal.
 */
export const acceptTestSql = `
WITH run AS (
  INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, trigger, input)
  SELECT $1::uuid, w.retention, w.id, w.version, w.user_id, jsonb_build_object('type', 'test', 'step', $3::text), $4::jsonb
  FROM workflows w
  WHERE w.id = $2 AND NOT EXISTS (SELECT FROM workflow_runs made WHERE made.id = $1)
  ON CONFLICT DO NOTHING
  RETURNING id, retention, workflow_id, version, user_id
),
claim AS (
  INSERT INTO claims (run_id, retention, workflow_id, version, user_id, epoch)
  SELECT id, retention, workflow_id, version, user_id, 1 FROM run
)
INSERT INTO run_journal (run_id, retention, seq, epoch, entries) SELECT id, retention, 1, 1, $5 FROM run`;
