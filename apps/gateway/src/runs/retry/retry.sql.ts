import { dueSince, mayAct } from '@app/database';

/** Whether a run `r` was retried. */
export const hasRetry = 'EXISTS (SELECT FROM workflow_runs again WHERE again.retry_of = r.id)';

/**
 * What a retry needs to know of a run of a user's: $1 run, $2 user. The workflow stays as it is until the transaction ends,
 * so that the version which is compared is the one that is run; the run does too, so that whoever retries it as well comes after.
 */
export const retriedRunSql = `
SELECT r.status, r.trigger->>'type' = 'test' AS is_test, r.retention, r.version, r.input_blob, w.version AS latest,
       (SELECT v.steps FROM workflow_versions v WHERE v.workflow_id = r.workflow_id AND v.version = r.version) AS steps,
       w.steps AS latest_steps
FROM workflow_runs r
JOIN workflows w ON w.id = r.workflow_id AND w.user_id = r.user_id AND w.deleted_at IS NULL
JOIN users u ON u.id = w.user_id AND ${mayAct('u')}
WHERE r.id = $1 AND r.user_id = $2
FOR SHARE OF w FOR NO KEY UPDATE OF r`;

/**
 * Accepts a run that does another one again: its row and its claim, in the transaction that copies the journal and
 * holds the lock of `retriedRunSql`. No row when the id is taken, by what the same request made before, or when the run
 * has a retry and is to have one only.
 *
 * A run with a journal counts as claimed once: a first claim does not look for one.
 *
 * $1 id of the new run, $2 the run, $3 user, $4 version, $5 whether it begins with a journal, $6 whether the run is to have one
 * retry only.
 */
export const retryRunSql = `
WITH run AS (
  INSERT INTO workflow_runs
    (id, retention, workflow_id, version, user_id, trigger, input, input_blob, correlation_id, tags, depth,
     retry_of)
  SELECT $1::uuid, w.retention, r.workflow_id, $4::int, r.user_id, jsonb_build_object('type', 'retry', 'run_id', r.id),
         r.input, r.input_blob, r.correlation_id, r.tags, r.depth, r.id
  FROM workflow_runs r JOIN workflows w ON w.id = r.workflow_id
  WHERE r.id = $2 AND r.user_id = $3 AND NOT EXISTS (SELECT FROM workflow_runs made WHERE made.id = $1)
    AND NOT ($6::boolean AND ${hasRetry})
  ON CONFLICT DO NOTHING
  RETURNING id, retention, workflow_id, version, user_id
)
INSERT INTO claims (run_id, retention, workflow_id, version, user_id, run_at, epoch)
SELECT r.id, r.retention, r.workflow_id, r.version, r.user_id, ${dueSince('w')}, CASE WHEN $5::boolean THEN 1 ELSE 0 END
FROM run r JOIN workflows w ON w.id = r.workflow_id
RETURNING retention`;

/** A part of a new run's journal, before anybody has claimed it: $1 run, $2 retention, $3 place, $4 entries. */
export const copyJournalSql = `
INSERT INTO run_journal (run_id, retention, seq, epoch, entries) VALUES ($1, $2, $3, 1, $4)`;

/**
 * Lets a new run share large values of another: it gets a row of its own for each. Those of the other are locked until the
 * transaction ends, so that no sweep can take one meanwhile. $1 id of the new run, $2 the run, $3 blobs.
 */
export const shareBlobsSql = `
INSERT INTO run_blobs (id, run_id, user_id, bytes, status)
SELECT id, $1, user_id, bytes, 'kept' FROM run_blobs
WHERE run_id = $2 AND id = ANY($3::uuid[]) AND status = 'kept'
FOR SHARE`;
