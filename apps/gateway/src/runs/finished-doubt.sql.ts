import { entriesOf } from './run-control.sql.js';

/** Where a user's run is kept. It stays as it is until the transaction ends: retries of it come before or after. $1 run, $2 user. */
export const finishedRunSql = `
SELECT status, retention FROM workflow_runs WHERE id = $1 AND user_id = $2 FOR NO KEY UPDATE`;

/** What the journal of a run says of one step: $1 retention, $2 run, $3 path. */
export const stepEntriesSql = `SELECT (${entriesOf('$1', '$2', '$3')}) AS entries`;

/** Adds to the journal of a run that is over, whose row is locked: $1 retention, $2 run, $3 entries. */
export const settleSql = `
INSERT INTO run_journal (retention, run_id, seq, epoch, entries)
SELECT $1, $2, max(seq) + 1, max(epoch), $3 FROM run_journal WHERE retention = $1 AND run_id = $2`;
