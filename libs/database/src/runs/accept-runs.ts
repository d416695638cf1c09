import { AppError, type BlobReference, type RetentionClass, type RunTrigger } from '@app/contracts';
import type { Pool, PoolClient } from 'pg';
import type { Acknowledgements } from '../coalescer.js';
import {
  acceptHookRunsSql,
  acceptHookRunsWithBlobsSql,
  acceptRunsSql,
  acceptRunsWithBlobsSql,
  seenDeliveriesSql,
} from './accept-runs.sql.js';
import { referredBlobsValue, type ReferredBlob } from './referred-blobs.sql.js';
import { verifiedHookValues, type VerifiedHook } from './verified-hooks.sql.js';

/** A run that somebody asked for and nobody promised yet. */
export interface RunRequest {
  /** Made by the asker with `newId()`, so that writing twice is writing once. */
  id: string;
  workflowId: string;
  userId: string;
  trigger: RunTrigger;
  /** JSON text, or null when the run has no input or it is in blob storage. */
  inputJson: string | null;
  /** Where the input is when it is too large for the row. */
  inputBlob?: BlobReference | undefined;
  correlationId: string | null;
  tags: readonly string[];
  /** Triggers fire only on active workflows; manual execution works on both. */
  needsActive: boolean;
  /** The hook that it was delivered to, as it was verified: once that is another one, the run is not accepted. */
  hook?: VerifiedHook | undefined;
  /** What makes a delivery the same as an earlier one, at most 255 characters. */
  dedupeKey: string | null;
  /** Somebody waits for its end: whoever ends it says so at once (`run.progressed`). */
  watched?: boolean;
  /** How many runs and events caused one another to get here. */
  depth?: number;
  /** The Idempotency-Key that it was asked for with. Never together with a dedupe key. */
  keyed?: KeyedAnswer | undefined;
  /** The version whose input schema the input follows, 0 when that is not known; absent when it need not follow any. */
  inputCheckedFor?: number | undefined;
  /** The replica that is to begin it; without one, whoever looks first. */
  owner?: string | undefined;
}

/** An Idempotency-Key in the scope it counts in, and what it is answered from now on. */
export interface KeyedAnswer {
  principalId: string;
  method: string;
  route: string;
  key: string;
  /** Tells the repeated request from another one. */
  hash: string;
  /** The body of the 202, as JSON text. */
  answer: string;
}

export interface AcceptedRun {
  /** The run's id: the asked one, or that of the run which an earlier delivery with this key started. */
  runId: string;
  workflowVersion: number;
  /** Where the workflow keeps its runs now; the run of an earlier delivery may be in another class. */
  retention: RetentionClass;
  /** Nothing was started now. With an Idempotency-Key, whose answer then is in its row, `runId` says nothing. */
  duplicate: boolean;
  /** Nothing was started: the input has to be checked against the schema of this version first. */
  isUnchecked: boolean;
  /** Since when the replica has claimed it that it was asked for in the name of; absent when it has not. */
  handedAt?: Date;
}

interface FoundRow {
  id: string;
  version: number;
  retention: RetentionClass;
  is_unchecked: boolean;
  is_new: boolean;
  is_handed: boolean;
  accepted_at: Date;
  /** Its input was swept before the run could be accepted. */
  is_lost?: boolean;
}

/**
 * Commits a batch of runs. Those of unknown, foreign, deleted or (where it matters) inactive workflows are missing in
 * the answer, and those of hooks that have changed.
 * @param pool a pool, or the connection of a transaction: then they are accepted when it commits
 * @throws AppError SERVICE_UNAVAILABLE when an input is no longer in blob storage: then keep it there anew
 */
export async function acceptRuns(
  pool: Pool | PoolClient,
  rows: readonly RunRequest[],
): Promise<Acknowledgements<AcceptedRun>> {
  const blobs = rows.flatMap(inputBlobOf);
  const hooks = rows.map(({ hook }) => hook);
  const hasHooks = hooks.some((hook) => hook !== undefined);
  const { rows: known } = await pool.query<FoundRow>({
    ...statementFor(hasHooks, blobs.length > 0),
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.workflowId),
      rows.map((row) => row.userId),
      rows.map((row) => JSON.stringify(row.trigger)),
      rows.map((row) => row.inputJson),
      rows.map((row) => row.correlationId),
      rows.map((row) => JSON.stringify(row.tags)),
      rows.map((row) => row.needsActive),
      rows.map((row) => row.dedupeKey),
      rows.map(({ keyed }) => (keyed === undefined ? null : keyedJson(keyed))),
      rows.map((row) => row.watched === true),
      rows.map((row) => row.depth ?? 0),
      rows.map((row) => row.inputCheckedFor ?? null),
      rows.map((row) => row.owner ?? null),
      ...(hasHooks ? verifiedHookValues(hooks) : []),
      ...(blobs.length === 0 ? [] : [referredBlobsValue(blobs)]),
    ],
  });
  if (known.some(({ is_lost }) => is_lost)) throw lostInput();
  const repeated = new Set(known.filter(({ is_new, is_unchecked }) => !is_new && !is_unchecked).map(({ id }) => id));
  const repeatedRows = rows.filter(({ id }) => repeated.has(id));
  const answered = new Set(repeatedRows.filter(({ keyed }) => keyed !== undefined).map(({ id }) => id));
  const earlier = await earlierDeliveries(
    pool,
    repeatedRows.filter(({ dedupeKey }) => dedupeKey !== null),
  );
  return new Map(
    known.map(({ id, version, retention, is_new, is_unchecked: isUnchecked, is_handed, accepted_at }) => {
      const runId = is_new ? id : (earlier.get(id) ?? id);
      const duplicate = runId !== id || answered.has(id);
      const handed = is_handed && { handedAt: accepted_at };
      return [id, { runId, workflowVersion: version, retention, duplicate, isUnchecked, ...handed }];
    }),
  );
}

/** A batch pays only for what is in it. */
function statementFor(hasHooks: boolean, hasBlobs: boolean): { name: string; text: string } {
  if (hasHooks) {
    return hasBlobs
      ? { name: 'accept-hook-runs-blobs', text: acceptHookRunsWithBlobsSql }
      : { name: 'accept-hook-runs', text: acceptHookRunsSql };
  }
  return hasBlobs
    ? { name: 'accept-runs-blobs', text: acceptRunsWithBlobsSql }
    : { name: 'accept-runs', text: acceptRunsSql };
}

function inputBlobOf({ id, inputBlob }: RunRequest): ReferredBlob[] {
  return inputBlob === undefined ? [] : [{ reference: inputBlob, runId: id, writer: id, place: 'input' }];
}

function lostInput(): AppError {
  const message = 'It took too long to start the run. Nothing was started, try again.';
  return new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'transient', message, retryAfterS: 1 });
}

function keyedJson({ principalId, ...rest }: KeyedAnswer): string {
  return JSON.stringify({ principal_id: principalId, ...rest });
}

async function earlierDeliveries(pool: Pool | PoolClient, rows: readonly RunRequest[]): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map();
  const { rows: seen } = await pool.query<{ id: string; run_id: string }>(seenDeliveriesSql, [
    rows.map((row) => row.id),
    rows.map((row) => row.workflowId),
    rows.map((row) => row.dedupeKey),
  ]);
  return new Map(seen.map(({ id, run_id }) => [id, run_id]));
}
