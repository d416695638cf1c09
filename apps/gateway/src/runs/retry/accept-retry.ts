import {
  AppError,
  conflict,
  isFinalRunStatus,
  notFound,
  RunStatus,
  StepStatus,
  stepViews,
  type BlobReference,
  type JournalEntry,
  type RetryRunDto,
} from '@app/contracts';
import type { StepDefinition } from '@app/definition';
import type { PoolClient } from 'pg';
import { journalSql } from '../run-steps.sql.js';
import { equalSteps } from './equal-steps.js';
import { journalCopy } from './journal-copy.js';
import { copyJournalSql, retriedRunSql, retryRunSql, shareBlobsSql } from './retry.sql.js';

// The statements have names, so that their plans over all partitions are made once and not for each of many runs.

/** Entries of one row of a copied journal. */
const ROW_ENTRIES = 500;

interface RetriedRun {
  status: RunStatus;
  is_test: boolean;
  retention: number;
  version: number;
  input_blob: BlobReference | null;
  latest: number;
  /** Of the version that the run is pinned to. */
  steps: StepDefinition[];
  latest_steps: StepDefinition[];
}

/** A run that is to be done again. */
export interface Retry {
  userId: string;
  runId: string;
  /** Of the new run. */
  id: string;
  /** Whether a run that was retried before stays as it is. */
  isOnlyOnce: boolean;
}

/**
 * Accepts a run that does another one again, with what it has of the other's journal, in the caller's transaction.
 * @returns false when nothing was made: the id is taken, or the run has a retry and is to have one only
 * @throws AppError NOT_FOUND, CONFLICT when the run is not over, has not failed, has a step in doubt or is a test
 */
export async function acceptRetry(
  client: PoolClient,
  { userId, runId, id, isOnlyOnce }: Retry,
  { from, version }: RetryRunDto,
): Promise<boolean> {
  const { rows } = await client.query<RetriedRun>({
    name: 'retried_run',
    text: retriedRunSql,
    values: [runId, userId],
  });
  const [run] = rows;
  if (run === undefined) throw notFound('run');
  if (!isFinalRunStatus(run.status)) throw conflict(`The run is ${run.status}: only a finished run can be retried.`);
  if (run.is_test) throw conflict('The run is a test of one step. Test the step again instead.');
  const isLatest = version === 'latest';
  const entries = from === 'start' ? [] : await copiedEntries(client, runId, run, isLatest);
  const values = [id, runId, userId, isLatest ? run.latest : run.version, entries.length > 0, isOnlyOnce];
  const accepted = await client.query<{ retention: number }>({ name: 'retry_run', text: retryRunSql, values });
  const [made] = accepted.rows;
  if (made === undefined) return false;
  await shareBlobs(client, { runId, id }, blobsOf(run, entries));
  for (let seq = 1, first = 0; first < entries.length; seq += 1, first += ROW_ENTRIES) {
    const part = JSON.stringify(entries.slice(first, first + ROW_ENTRIES));
    await client.query(copyJournalSql, [id, made.retention, seq, part]);
  }
  return true;
}

/** The large values that the new run begins with. */
function blobsOf({ input_blob }: RetriedRun, entries: readonly JournalEntry[]): string[] {
  const outputs = entries.flatMap((entry) => (entry.type === 'step.completed' ? [entry.output_blob?.id] : []));
  const ids = [input_blob?.id, ...outputs].filter((id) => id !== undefined);
  return [...new Set(ids)];
}

async function shareBlobs(client: PoolClient, of: { runId: string; id: string }, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  const { rowCount } = await client.query(shareBlobsSql, [of.id, of.runId, ids]);
  if (rowCount === ids.length) return;
  // The run is locked, so only the erasure of the account takes its values. The new run is there already: no answer about
  // this run alone would undo it, so the whole transaction ends.
  const message = 'Large values of the run are being removed.';
  throw new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'transient', message, retryAfterS: 10 });
}

async function copiedEntries(
  client: PoolClient,
  runId: string,
  run: RetriedRun,
  isLatest: boolean,
): Promise<JournalEntry[]> {
  if (run.status === RunStatus.Completed) throw conflict(`The run has not failed. Retry it with from: 'start'.`);
  const { rows } = await client.query<{ entries: JournalEntry[] }>({
    name: 'journal',
    text: journalSql,
    values: [run.retention, runId],
  });
  const entries = rows.flatMap((row) => row.entries);
  const doubtful = stepViews(entries).find(({ status }) => status === StepStatus.InDoubt);
  if (doubtful !== undefined) {
    throw conflict(
      `The step ${doubtful.path} is in doubt: nobody knows whether its effect happened. ` +
        'Find out, and say so with POST /runs/:id/steps/:path/resolve; then retry.',
    );
  }
  return journalCopy(entries, equalSteps(run.steps, isLatest ? run.latest_steps : run.steps), Date.now());
}
