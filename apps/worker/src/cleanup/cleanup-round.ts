import type { PoolClient } from 'pg';

/** One round of the cleanup: it holds the lock as long as its connection lives. */
export interface CleanupRound {
  /** The connection that holds the lock: a round that lost it can do nothing more. */
  client: PoolClient;
  /** Most rows of one statement. */
  batchSize: number;
  /** Aborts when the process is to end: between two statements there is nothing to undo. */
  signal: AbortSignal;
}

/**
 * Repeats a statement until it has nothing left to do.
 * @param statement whose last value is the most rows that it takes, which is added here
 * @returns how many rows it took altogether
 */
export async function inBatches(round: CleanupRound, statement: string, values: readonly unknown[]): Promise<number> {
  let taken = 0;
  while (!round.signal.aborted) {
    const { rowCount } = await round.client.query(statement, [...values, round.batchSize]);
    taken += rowCount ?? 0;
    if ((rowCount ?? 0) < round.batchSize) break;
  }
  return taken;
}
