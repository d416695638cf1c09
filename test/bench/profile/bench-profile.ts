import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { BenchWorld } from '../bench-world.js';
import { measureRuns } from '../measure-runs.js';
import { Platform } from '../platform.js';
import { executeLoad } from '../workloads/execute.js';
import { pureSteps } from '../workloads/workload.js';
import { sharesOf } from './cpu-profile.js';

/**
 * `npm run bench:profile [-- seconds]`: what a run of workload A is spent on. The services run under V8's profiler,
 * PostgreSQL with pg_stat_statements; so everything is slower than in `npm run bench`, and the parts are what counts.
 */
const seconds = Number(process.argv[2] ?? 10);
const WARM_UP_SECONDS = 15;
/** Parts of a process and statements that are printed. */
const MOST_PARTS = 16;
const MOST_STATEMENTS = 12;

const profiles = mkdtempSync(join(tmpdir(), 'biometrics-profiles-'));
const variables = {
  NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, 'profiled-process.js')).href}`,
  BENCH_PROFILES: profiles,
};
const world = await BenchWorld.start(seconds, variables, await prepared());
const { db, platform } = world;
const now = (): number => Number(process.hrtime.bigint() / 1_000n);

let lines: string[];
let hasStopped = false;
try {
  await db.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  const load = await executeLoad(world, pureSteps);
  await measureRuns(world, load, WARM_UP_SECONDS);
  await db.query('SELECT pg_stat_statements_reset()');
  const from = now();
  const figures = await measureRuns(world, load);
  const window = [from, now()] as const;
  const runs = figures.load.succeeded;
  lines = [
    `${runs} runs, ${Math.round(figures.completedPerSecond)} a second, ${Math.round(figures.walBytes)} bytes of WAL and ${Math.round(figures.storedBytes)} stored for each`,
    ...(await statements(runs)),
  ];
  const { gateway, workflow } = platform.services;
  // Profiles are written when a process ends.
  await world.stop();
  hasStopped = true;
  for (const [service, pid] of Object.entries({ gateway, workflow })) {
    const ms = figures.processor[service] ?? NaN;
    lines.push('', `| ${service}: ${(ms * 1_000).toFixed(0)} µs of CPU a run | share | µs |`, '| --- | ---: | ---: |');
    for (const { part, share } of sharesOf(profiles, pid, window).slice(0, MOST_PARTS)) {
      lines.push(`| ${part} | ${(share * 100).toFixed(1)} % | ${(share * ms * 1_000).toFixed(1)} |`);
    }
  }
  process.stdout.write(`${lines.join('\n')}\n`);
} finally {
  if (!hasStopped) await world.stop();
  rmSync(profiles, { recursive: true, force: true });
}

/** The data folder of a platform whose PostgreSQL counts statements from its next start on. */
async function prepared(): Promise<string> {
  const first = await Platform.start();
  const client = new Client({ connectionString: first.databaseUrl });
  await client.connect();
  await client.query("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'");
  await client.query('ALTER SYSTEM SET pg_stat_statements.track_planning = on');
  await client.end();
  await first.stop({ keep: true });
  return first.dataDir;
}

interface Statement {
  text: string;
  calls: number;
  rows: number;
  exec: number;
  plan: number;
  wal: number;
  buffers: number;
}

/** Per run; the times are those of a clock, in which waiting for a processor is. */
async function statements(runs: number): Promise<string[]> {
  const { rows } = await db.query<Statement>(
    `SELECT regexp_replace(left(query, 400), '\\s+', ' ', 'g') AS text, calls::int, rows::int, total_exec_time * 1000 AS exec,
            total_plan_time * 1000 AS plan, wal_bytes::float8 AS wal, (shared_blks_hit + shared_blks_read)::float8 AS buffers
     FROM pg_stat_statements ORDER BY total_exec_time + total_plan_time DESC LIMIT $1`,
    [MOST_STATEMENTS],
  );
  const per = (value: number): string => (value / runs).toFixed(1);
  return [
    '',
    '| statement | calls | µs a run | planning | WAL bytes | buffers |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(
      ({ text, calls, exec, plan, wal, buffers }) =>
        `| ${text.slice(0, 60).replaceAll('|', '/')} | ${calls} | ${per(exec)} | ${per(plan)} | ${per(wal)} | ${per(buffers)} |`,
    ),
  ];
}
