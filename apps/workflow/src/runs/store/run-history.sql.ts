/** The journals of runs, each in order. $1 run ids. */
export const journalSql = `
SELECT run_id, seq, entries FROM run_journal WHERE run_id = ANY($1::uuid[]) ORDER BY run_id, seq`;

/** What waits for runs in their inboxes, oldest first. $1 run ids. */
export const inboxSql = `
SELECT id, run_id, kind, user_id, created_at, payload FROM run_inbox WHERE run_id = ANY($1::uuid[]) ORDER BY id`;

/** The jobs that runs asked for. $1 run ids. */
export const runJobsSql = `SELECT id, run_id, status, result FROM jobs WHERE run_id = ANY($1::uuid[])`;

/**
 * The runs that steps of these runs started and wait for. The retention class stands beside the id, so that only its
 * partitions are looked at. $1 run ids.
 */
export const childRunsSql = `
SELECT c.run_id AS id, c.parent_id, c.status, r.output, r.output_blob, r.error
FROM child_runs c
LEFT JOIN workflow_runs r ON r.retention = c.retention AND r.id = c.run_id
WHERE c.parent_id = ANY($1::uuid[])`;

/** What fenced replicas saw of their own calls. $1 run ids. */
export const effectLedgerSql = `
SELECT run_id, path, attempt, outcome FROM effect_ledger WHERE run_id = ANY($1::uuid[])`;

/**
 * Keeps the outcome of a call whose run belongs to somebody else by now. The one thing a fenced replica may write:
 * it only adds what it saw, and wakes the run so that its owner looks.
 */
export const observeOutcomeSql = `
WITH observed AS (
  INSERT INTO effect_ledger (run_id, path, attempt, epoch, outcome) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT DO NOTHING
  RETURNING run_id
)
UPDATE claims c SET run_at = least(c.run_at, now()), woken = true FROM observed o WHERE c.run_id = o.run_id`;
