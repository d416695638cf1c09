/**
 * Takes runs away from the engine that it had the time to cancel and did not. Without a claim nobody can write to a run
 * any more. One that a replica holds is left to it. $1 accounts, $2 most rows.
 */
export const dropClaimsSql = `
DELETE FROM claims WHERE run_id IN (
  SELECT c.run_id FROM workflows w JOIN claims c ON c.workflow_id = w.id
   WHERE w.user_id = ANY ($1::uuid[]) AND c.owner IS NULL
   LIMIT $2 FOR UPDATE OF c SKIP LOCKED
)`;

/** Runs of accounts with everything that was kept about them. $1 accounts, $2 most runs. */
export const eraseRunsSql = `
WITH doomed AS MATERIALIZED (
  SELECT id, retention FROM workflow_runs WHERE user_id = ANY ($1::uuid[]) LIMIT $2
),
journal AS (DELETE FROM run_journal j USING doomed d WHERE j.retention = d.retention AND j.run_id = d.id),
ledger AS (DELETE FROM effect_ledger l USING doomed d WHERE l.run_id = d.id),
inbox AS (DELETE FROM run_inbox i USING doomed d WHERE i.run_id = d.id),
wait AS (DELETE FROM event_waits e USING doomed d WHERE e.run_id = d.id),
children AS (DELETE FROM child_runs c USING doomed d WHERE c.run_id = d.id),
job AS (DELETE FROM jobs j USING doomed d WHERE j.run_id = d.id)
DELETE FROM workflow_runs r USING doomed d WHERE r.retention = d.retention AND r.id = d.id`;
