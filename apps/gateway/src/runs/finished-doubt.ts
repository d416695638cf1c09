import { conflict, isFinalRunStatus, notFound, type JournalEntry, type RunStatus } from '@app/contracts';
import type { PoolClient } from 'pg';
import { finishedRunSql, settleSql, stepEntriesSql } from './finished-doubt.sql.js';
import { doubtfulAttempt } from './doubtful-attempt.js';
import type { ResolutionPayload } from './resolution-payload.js';

/** A doubt that a run has left behind, and who says what became of it. */
export interface LeftDoubt {
  userId: string;
  runId: string;
  path: string;
  /** @param attempt the one that is in doubt */
  payloadOf: (attempt: number) => ResolutionPayload;
}

/**
 * Settles a step in doubt of a run that is over, in the caller's transaction: nobody executes it any more, so what is known
 * goes to the end of its journal. The run stays as it ended; a retry of it knows.
 * @throws AppError NOT_FOUND, CONFLICT when the run goes on, or the step is not in doubt
 */
export async function settleFinished(client: PoolClient, { userId, runId, path, payloadOf }: LeftDoubt): Promise<void> {
  const runs = await client.query<{ status: RunStatus; retention: number }>(finishedRunSql, [runId, userId]);
  const [run] = runs.rows;
  if (run === undefined) throw notFound('run');
  if (!isFinalRunStatus(run.status)) throw conflict(`The run is ${run.status} and about to go on: try again.`);
  const { rows } = await client.query<{ entries: JournalEntry[] }>(stepEntriesSql, [run.retention, runId, path]);
  const { attempt: _attempt, ...resolution } = payloadOf(doubtfulAttempt(rows[0]?.entries ?? []));
  const entry: JournalEntry = { type: 'step.resolved', ...resolution, at: Date.now(), by: userId };
  await client.query(settleSql, [run.retention, runId, JSON.stringify([entry])]);
}
