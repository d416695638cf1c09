import { cpus, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Platform } from './platform.js';
import { pureRuns } from './pure-runs.js';
import { bareFastify, singleRowCommits } from './references.js';

/** Under this share of bare Fastify's requests per second the design is off. */
const LEAST_SHARE_OF_F = 0.02;
const SECONDS = 10;
const SETTLE_MS = 3_000;

const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 1 : 0 });
const row = (...cells: string[]): string => `| ${cells.join(' | ')} |`;
const latencies = ({ p50, p95, p99 }: { p50: number; p95: number; p99: number }): string[] =>
  [p50, p95, p99].map(number);

const platform = await Platform.start();
try {
  await sleep(SETTLE_MS);
  const atRest = platform.residentMemory();
  const reference = await bareFastify(SECONDS);
  const commits = await singleRowCommits(platform.databaseUrl, SECONDS / 2);
  await pureRuns(platform, 2);
  const runs = await pureRuns(platform, SECONDS);
  const underLoad = platform.residentMemory();
  const share = runs.completedPerSecond / reference.perSecond;

  const lines = [
    `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.version}, ${new Date().toISOString().slice(0, 10)}`,
    '',
    row('measure', 'per second', 'p50 ms', 'p95 ms', 'p99 ms'),
    row('---', '---:', '---:', '---:', '---:'),
    row('bare Fastify (F), 32 connections', number(reference.perSecond), ...latencies(reference)),
    row('single-row commits, one connection', number(commits), '', '', ''),
    row('accepted executes (202 after commit)', number(runs.accepted.perSecond), ...latencies(runs.accepted)),
    row('completed runs of three pure steps', number(runs.completedPerSecond), ...latencies(runs.latency)),
    '',
    `completed / F = ${share.toFixed(3)} (at least ${LEAST_SHARE_OF_F})`,
    `refused or failed requests: ${runs.accepted.failed}; accepted and not completed: ${runs.notCompleted}`,
    '',
    row('service', 'resident after start, MB', 'after the load, MB'),
    row('---', '---:', '---:'),
    ...(['gateway', 'workflow', 'worker'] as const).map((name) =>
      row(name, number(atRest[name]), number(underLoad[name])),
    ),
    '',
    `start to ready, with a new database: ${number(platform.startedInMs / 1_000)} s`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  if (share < LEAST_SHARE_OF_F || runs.accepted.failed > 0 || runs.notCompleted > 0) process.exitCode = 1;
} finally {
  await platform.stop();
}
