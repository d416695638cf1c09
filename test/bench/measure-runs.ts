import type { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchWorld } from './bench-world.js';
import { processorTime } from './processor-time.js';
import type { WrkResult } from './wrk.js';

/** Where the load goes and what it starts. */
export interface RunLoad {
  workflowId: string;
  url: string;
  /** Further addresses: each gets an equal part of the connections. */
  more?: readonly string[];
  headers?: Readonly<Record<string, string>>;
  body: string;
  connections: number;
}

export interface RunFigures {
  /** Runs completed per second, from the first request until the last accepted run was done. */
  completedPerSecond: number;
  load: Pick<WrkResult, 'succeeded' | 'failed' | 'p50' | 'p95'>;
  /** Accepted runs that are over, or lost, and did not complete. */
  notCompleted: number;
  /** Processor time of a run, in ms, by process; the load generator's is not in it. */
  processor: Readonly<Record<string, number>>;
  /** Bytes that a run adds to the write-ahead log, and to the database. */
  walBytes: number;
  storedBytes: number;
}

const DRAIN_WITHIN_MS = 180_000;
const LOOK_MS = 50;

/** Applies a load and waits until every accepted run is over. */
export async function measureRuns(world: BenchWorld, load: RunLoad, seconds = world.seconds): Promise<RunFigures> {
  const { db, platform, wrk } = world;
  const runsBefore = await countRuns(db, load.workflowId);
  const bytesBefore = await bytes(db);
  const timeBefore = processorTime(platform.pid, world.services);
  const startedAt = performance.now();
  const urls = [load.url, ...(load.more ?? [])];
  const connections = Math.ceil(load.connections / urls.length);
  const results = await Promise.all(
    urls.map((url) => wrk.apply({ ...load, url, connections, method: 'POST', seconds })),
  );
  await drained(db, load.workflowId);
  const took = (performance.now() - startedAt) / 1_000;
  const timeAfter = processorTime(platform.pid, world.services);
  const bytesAfter = await bytes(db);
  const runsAfter = await countRuns(db, load.workflowId);
  const completed = runsAfter.completed - runsBefore.completed;
  const processor = Object.entries(timeAfter).map(([name, ms]) => [name, (ms - (timeBefore[name] ?? 0)) / completed]);
  return {
    completedPerSecond: completed / took,
    load: together(results),
    notCompleted: runsAfter.otherwise - runsBefore.otherwise,
    processor: Object.fromEntries(processor) as Record<string, number>,
    walBytes: (bytesAfter.wal - bytesBefore.wal) / completed,
    storedBytes: (bytesAfter.stored - bytesBefore.stored) / completed,
  };
}

function together(results: readonly WrkResult[]): RunFigures['load'] {
  const sum = (of: (result: WrkResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  return {
    succeeded: sum(({ succeeded }) => succeeded),
    failed: sum(({ failed }) => failed),
    p50: Math.max(...results.map(({ p50 }) => p50)),
    p95: Math.max(...results.map(({ p95 }) => p95)),
  };
}

async function drained(db: Client, workflowId: string): Promise<void> {
  const deadline = performance.now() + DRAIN_WITHIN_MS;
  const left = 'SELECT EXISTS (SELECT FROM claims WHERE workflow_id = $1) AS left';
  while (performance.now() < deadline) {
    const { rows } = await db.query<{ left: boolean }>(left, [workflowId]);
    if (rows[0]?.left === false) return;
    await sleep(LOOK_MS);
  }
  throw new Error(`The accepted runs were not over ${DRAIN_WITHIN_MS / 1_000} s after the load.`);
}

/** Whoever has a claim is not over: a request that the load generator left behind may still be accepted. */
async function countRuns(db: Client, workflowId: string): Promise<{ completed: number; otherwise: number }> {
  const { rows } = await db.query<{ completed: number; otherwise: number }>(
    `SELECT count(*) FILTER (WHERE status = 'completed')::int AS completed,
            count(*) FILTER (WHERE status <> 'completed' AND NOT EXISTS (SELECT FROM claims WHERE run_id = r.id))::int AS otherwise
     FROM workflow_runs r WHERE workflow_id = $1`,
    [workflowId],
  );
  return rows[0] ?? { completed: 0, otherwise: 0 };
}

async function bytes(db: Client): Promise<{ wal: number; stored: number }> {
  const { rows } = await db.query<{ wal: number; stored: number }>(
    `SELECT (pg_current_wal_insert_lsn() - '0/0')::float8 AS wal, pg_database_size(current_database())::float8 AS stored`,
  );
  return rows[0] ?? { wal: NaN, stored: NaN };
}
