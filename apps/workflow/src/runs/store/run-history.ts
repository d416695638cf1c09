import type { JournalEntry, Resolution, RunError, RunJob } from '@app/contracts';
import type { Pool } from 'pg';
import { effectLedgerSql, inboxSql, journalSql, runJobsSql } from './run-history.sql.js';

/** What a person decided about a step in doubt. */
export interface InboxResolution {
  id: string;
  by: string;
  path: string;
  /** The attempt that is in doubt. */
  attempt: number;
  outcome: Resolution;
  output?: unknown;
  error?: RunError;
}

/** How a call ended that a replica made before it lost the run. */
export type ObservedOutcome = JournalEntry & { type: 'step.completed' | 'step.failed' };

/** Everything that was written about a run before this claim. */
export interface RunHistory {
  entries: JournalEntry[];
  nextSeq: number;
  inbox: InboxResolution[];
  jobs: Map<string, RunJob>;
  /** By `<path>#<attempt>`. */
  observed: Map<string, ObservedOutcome>;
}

/** The history of a run that was never claimed before. */
export function emptyHistory(): RunHistory {
  return { entries: [], nextSeq: 1, inbox: [], jobs: new Map(), observed: new Map() };
}

/** Reads the histories of several runs at once, by run id. */
export async function loadHistories(pool: Pool, runIds: readonly string[]): Promise<Map<string, RunHistory>> {
  const histories = new Map(runIds.map((id) => [id, emptyHistory()]));
  if (runIds.length === 0) return histories;
  const [journal, inbox, jobs, ledger] = await Promise.all([
    pool.query<{ run_id: string; seq: number; entries: JournalEntry[] }>(journalSql, [runIds]),
    pool.query<{ id: string; run_id: string; user_id: string; payload: Omit<InboxResolution, 'id' | 'by'> }>(inboxSql, [
      runIds,
    ]),
    pool.query<RunJob & { run_id: string }>(runJobsSql, [runIds]),
    pool.query<{ run_id: string; path: string; attempt: number; outcome: ObservedOutcome }>(effectLedgerSql, [runIds]),
  ]);
  for (const { run_id, seq, entries } of journal.rows) {
    const history = histories.get(run_id);
    history?.entries.push(...entries);
    if (history !== undefined) history.nextSeq = seq + 1;
  }
  for (const { id, run_id, user_id, payload } of inbox.rows)
    histories.get(run_id)?.inbox.push({ id, by: user_id, ...payload });
  for (const { run_id, ...job } of jobs.rows) histories.get(run_id)?.jobs.set(job.id, job);
  for (const { run_id, path, attempt, outcome } of ledger.rows) {
    histories.get(run_id)?.observed.set(`${path}#${attempt}`, outcome);
  }
  return histories;
}
