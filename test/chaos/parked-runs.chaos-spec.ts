import { newId } from '@app/contracts';
import { freePort } from '@app/servers';
import { sized, spawnService, testDatabase, testRedis, type TestDatabase, type TestService } from '@app/testing';
import type { StepDefinition } from '@app/definition';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signalRunSql } from '../../apps/gateway/src/runs/run-control.sql.js';
import {
  deliverChildrenSql,
  deliverJobsSql,
  freeRunsOfTheDeadSql,
  hasEndedJobsSql,
  hasFamilyNewsSql,
  hasLossesSql,
} from '../../apps/workflow/src/recovery/recovery.sql.js';
import { FIRST_OWNER } from '../../apps/workflow/src/runs/claim/claim-runs.js';
import {
  claimRunsSql,
  hasDueRunsSql,
  hasOwnedRunsSql,
  ownedRunsSql,
} from '../../apps/workflow/src/runs/claim/claim-runs.sql.js';
import { hasUnwantedTasksSql } from '../../apps/worker/src/jobs/sweep-tasks.sql.js';
import { copyParkedRun } from './support/parked-copies.js';
import { DirectRuns } from './support/direct-runs.js';
import { note } from './support/figures.js';
import { processMetrics, type ProcessMetrics } from './support/process-metrics.js';

/** Runs that wait for a time, for a signal and for a program's task, each a third. */
const PARKED = sized({ ci: 2_000, full: 100_000 });
const IDLE_MS = sized({ ci: 2_000, full: 20_000 });
const SETTLE_MS = sized({ ci: 1_000, full: 10_000 });
const LOOKS = 10;
const TIMEOUT = { timeout: 600_000 };
const MIB = 1_048_576;

const waiting: Readonly<Record<'delay' | 'signal' | 'external', StepDefinition>> = {
  delay: { id: 'x', type: 'delay', config: { for_ms: 86_400_000 } },
  signal: { id: 'x', type: 'wait.signal', config: { name: 'go' } },
  external: { id: 'x', type: 'external', config: { queue: 'q' } },
};

let database: TestDatabase;
let redisUrl: string;
let pool: Pool;
let runs: DirectRuns;

beforeAll(async () => {
  database = await testDatabase();
  redisUrl = (await testRedis()).url;
  pool = new Pool({ connectionString: database.url, max: 2 });
  runs = new DirectRuns(pool);
  await runs.createOwner();
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function start(): Promise<{ service: TestService; port: number }> {
  const port = await freePort();
  const env = { DATABASE_URL: database.url, REDIS_URL: redisUrl, METRICS_PORT: String(port) };
  return { service: await spawnService('workflow', { env }), port };
}

interface Idle {
  /** Least of several looks, so that what is only garbage counts as little as it can. */
  heap: number;
  rss: number;
  handles: number;
  cpuPercent: number;
  transactionsPerSecond: number;
}

async function transactions(): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    'SELECT xact_commit::float8 AS n FROM pg_stat_database WHERE datname = current_database()',
  );
  return rows[0]!.n;
}

/** What a process costs that has nothing to do. */
async function idle(port: number): Promise<Idle> {
  await pause(SETTLE_MS);
  const [first, before, startedAt] = [await processMetrics(port), await transactions(), performance.now()];
  const seen: ProcessMetrics[] = [];
  for (let looks = 0; looks < LOOKS; looks += 1) {
    await pause(IDLE_MS / LOOKS);
    seen.push(await processMetrics(port));
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const least = (key: keyof ProcessMetrics): number => Math.min(...seen.map((each) => each[key]));
  return {
    heap: least('heap'),
    rss: least('rss'),
    handles: least('handles'),
    cpuPercent: (100 * (seen.at(-1)!.cpu - first.cpu)) / seconds,
    transactionsPerSecond: ((await transactions()) - before) / seconds,
  };
}

interface Plan {
  'Node Type': string;
  'Index Name'?: string;
  'Relation Name'?: string;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Plan[];
}

/** How many blocks a statement touches that finds nothing to do, and which tables it reads from end to end. */
async function costOf(sql: string, values: unknown[]): Promise<{ blocks: number; scanned: string[] }> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const explain = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`;
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(explain, values);
    await client.query('ROLLBACK');
    const [{ Plan: plan }] = rows[0]!['QUERY PLAN'];
    const nodes = (node: Plan): Plan[] => [node, ...(node.Plans ?? []).flatMap(nodes)];
    return {
      blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
      scanned: nodes(plan)
        .filter((node) => node['Node Type'] === 'Seq Scan')
        .map((node) => String(node['Relation Name'])),
    };
  } finally {
    client.release();
  }
}

it('parked runs cost a workflow process neither memory nor time', TIMEOUT, async (context) => {
  const empty = await start();
  const without = await idle(empty.port);
  let signalled = '';
  for (const [kind, step] of Object.entries(waiting)) {
    const template = await runs.accept(await runs.createWorkflow([step]));
    await runs.parked(template);
    const copy = await copyParkedRun(pool, template, Math.ceil(PARKED / 3) - 1);
    if (kind === 'signal') signalled = copy;
  }
  await empty.service.stop();
  await pool.query('VACUUM ANALYZE claims, jobs, workflow_runs, run_journal');

  const { service, port } = await start();
  const parked = await idle(port);

  const looks = {
    claim: await costOf(claimRunsSql, [newId(), 100, 512, [], [], FIRST_OWNER]),
    owned: await costOf(ownedRunsSql, [newId()]),
    'free the runs of the dead': await costOf(freeRunsOfTheDeadSql, []),
    'deliver jobs': await costOf(deliverJobsSql, [500]),
    'deliver ends': await costOf(deliverChildrenSql, [500]),
    'are runs due': await costOf(`SELECT ${hasDueRunsSql}`, []),
    'are runs owned': await costOf(`SELECT ${hasOwnedRunsSql}`, [newId()]),
    'are there losses': await costOf(`SELECT ${hasLossesSql}`, []),
    'are jobs over': await costOf(`SELECT ${hasEndedJobsSql}`, []),
    'are runs to be told': await costOf(`SELECT ${hasFamilyNewsSql}`, []),
    'are tasks unwanted': await costOf(`SELECT ${hasUnwantedTasksSql}`, []),
  };

  const signalledAt = performance.now();
  await pool.query(signalRunSql, [signalled, runs.userId, newId(), '{"name":"go","payload":42}', 10, MIB]);
  const woken = await runs.overOf(signalled);
  const wakeMs = Math.round(performance.now() - signalledAt);

  const mib = (bytes: number): string => (bytes / MIB).toFixed(1);
  const both = (of: (idle: Idle) => string | number): string => `${of(without)} without, ${of(parked)} with`;
  note(context, {
    'parked runs': 3 * Math.ceil(PARKED / 3),
    'resident MiB': both(({ rss }) => mib(rss)),
    'heap MiB': both(({ heap }) => mib(heap)),
    'timers, sockets and other resources': both(({ handles }) => handles),
    'idle processor, % of one core': both(({ cpuPercent }) => cpuPercent.toFixed(1)),
    'transactions a second, idle': both(({ transactionsPerSecond }) => transactionsPerSecond.toFixed(1)),
    ...Object.fromEntries(Object.entries(looks).map(([name, { blocks }]) => [`blocks of a look: ${name}`, blocks])),
    'ms from the signal to the end of one of them': wakeMs,
  });
  expect(woken).toMatchObject({ status: 'completed', output: { payload: 42 } });
  expect(Object.values(looks).flatMap(({ scanned }) => scanned)).not.toContain('claims');
  expect(Object.values(looks).flatMap(({ scanned }) => scanned)).not.toContain('jobs');
  for (const { blocks } of Object.values(looks)) expect(blocks).toBeLessThan(100);
  // 100,000 runs of 100 bytes each would be 10 MB.
  expect(parked.heap - without.heap).toBeLessThan(8 * MIB);
  expect(parked.handles - without.handles).toBeLessThan(20);
  await service.stop();
});
