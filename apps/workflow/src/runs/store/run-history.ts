import type { BlobReference, CloudEvent, JournalEntry, Resolution, RunError, RunJob } from '@app/contracts';
import type { Pool } from 'pg';
import type { ChildStatus } from './child-status.js';
import { childRunsSql, effectLedgerSql, inboxSql, journalSql, runJobsSql } from './run-history.sql.js';

/** What a person decided about a step in doubt. */
export interface InboxResolution {
  kind: 'resolution';
  id: string;
  by: string;
  path: string;
  /** The attempt that is in doubt. */
  attempt: number;
  outcome: Resolution;
  output?: unknown;
  error?: RunError;
}

/** A signal that somebody sent: an approval, a callback. */
export interface InboxSignal {
  kind: 'signal';
  id: string;
  /** Who sent it. */
  by: string;
  name: string;
  payload?: unknown;
  /** When, RFC 3339. */
  at: string;
}

/** An event that a step waits for. */
export interface InboxEvent {
  kind: 'event';
  id: string;
  /** The wait that it ends. */
  wait: string;
  event: CloudEvent;
}

export type InboxRow = InboxResolution | InboxSignal | InboxEvent;

/** A run that a step started, as the step sees it. */
export interface ChildRun {
  status: ChildStatus;
  output: unknown;
  /** Where the output is when it is too large for the row. */
  output_blob?: BlobReference | null;
  error: RunError | null;
}

/** How a call ended that a replica made before it lost the run. */
export type ObservedOutcome = JournalEntry & { type: 'step.completed' | 'step.failed' };

/** What has happened outside a run that its steps may wait for. */
export interface Outside {
  inbox: InboxRow[];
  jobs: Map<string, RunJob>;
  children: Map<string, ChildRun>;
}

/** Everything that was written about a run before this claim. */
export interface RunHistory extends Outside {
  entries: JournalEntry[];
  nextSeq: number;
  /** By `<path>#<attempt>`. */
  observed: Map<string, ObservedOutcome>;
}

/** The history of a run that was never claimed before. */
export function emptyHistory(): RunHistory {
  return { ...emptyOutside(), entries: [], nextSeq: 1, observed: new Map() };
}

function emptyOutside(): Outside {
  return { inbox: [], jobs: new Map(), children: new Map() };
}

/** Reads the histories of several runs at once, by run id. */
export async function loadHistories(pool: Pool, runIds: readonly string[]): Promise<Map<string, RunHistory>> {
  const histories = new Map(runIds.map((id) => [id, emptyHistory()]));
  if (runIds.length === 0) return histories;
  const [journal, ledger, outside] = await Promise.all([
    pool.query<{ run_id: string; seq: number; entries: JournalEntry[] }>(journalSql, [runIds]),
    pool.query<{ run_id: string; path: string; attempt: number; outcome: ObservedOutcome }>(effectLedgerSql, [runIds]),
    loadOutside(pool, runIds),
  ]);
  for (const { run_id, seq, entries } of journal.rows) {
    const history = histories.get(run_id);
    history?.entries.push(...entries);
    if (history !== undefined) history.nextSeq = seq + 1;
  }
  for (const { run_id, path, attempt, outcome } of ledger.rows) {
    histories.get(run_id)?.observed.set(`${path}#${attempt}`, outcome);
  }
  for (const [runId, found] of outside) Object.assign(histories.get(runId) ?? {}, found);
  return histories;
}

/** Reads what has happened outside several runs, by run id. */
export async function loadOutside(pool: Pool, runIds: readonly string[]): Promise<Map<string, Outside>> {
  const found = new Map(runIds.map((id) => [id, emptyOutside()]));
  if (runIds.length === 0) return found;
  const [inbox, jobs, children] = await Promise.all([
    pool.query<InboxTuple>(inboxSql, [runIds]),
    pool.query<RunJob & { run_id: string }>(runJobsSql, [runIds]),
    pool.query<ChildRun & { id: string; parent_id: string }>(childRunsSql, [runIds]),
  ]);
  for (const row of inbox.rows) found.get(row.run_id)?.inbox.push(inboxRow(row));
  for (const { run_id, ...job } of jobs.rows) found.get(run_id)?.jobs.set(job.id, job);
  for (const { id, parent_id, ...child } of children.rows) found.get(parent_id)?.children.set(id, child);
  return found;
}

interface InboxTuple {
  id: string;
  run_id: string;
  kind: InboxRow['kind'];
  user_id: string;
  created_at: Date;
  payload: object;
}

function inboxRow({ id, kind, user_id, created_at, payload }: InboxTuple): InboxRow {
  return { ...payload, kind, id, by: user_id, at: created_at.toISOString() } as InboxRow;
}
