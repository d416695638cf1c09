import { BenchWorld } from './bench-world.js';
import { describeMachine } from './machine.js';
import type { RunFigures } from './measure-runs.js';
import { bareFastify } from './references.js';
import { calls, chain, events, executed, fanOut, pure } from './workloads/execute.js';
import { history } from './workloads/history.js';
import { replicas } from './workloads/replicas.js';
import { webhook } from './workloads/webhook.js';
import { pureSteps, type Workload } from './workloads/workload.js';

/**
 * `npm run bench` measures every workload three times and prints the medians; `npm run bench -- A D` some of them,
 * `npm run bench -- A --seconds=3 --once` for a try. Fails when a request or a run fails, or a bar is missed.
 */
const all: readonly Workload[] = [pure, webhook, calls, events, chain, fanOut, replicas, history];
const args = process.argv.slice(2);
const letters = args.filter((arg) => !arg.startsWith('--'));
const seconds = Number(/^--seconds=(\d+)$/m.exec(args.join('\n'))?.[1] ?? 10);
const repetitions = args.includes('--once') ? 1 : 3;
const chosen = letters.length === 0 ? all : all.filter(({ letter }) => letters.includes(letter));

const machine = describeMachine();
const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 1 : 0 });
const row = (...cells: string[]): string => `| ${cells.join(' | ')} |`;
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

interface Measured {
  share: number;
  figures: RunFigures;
}

const references: number[] = [];
const notes: string[] = [];
const rows: string[] = [];
let isGood = true;

await inWorld(async (world) => {
  for (const workload of chosen.filter(({ ofA }) => ofA === undefined)) {
    rows.push(rowOf(workload, await measure(world, workload.letter, await workload.prepare(world, notes))));
  }
  const resident = world.platform.residentMemory();
  notes.push(
    `resident after it, MB: gateway ${number(resident.gateway)}, workflow ${number(resident.workflow)}, worker ${number(resident.worker)}`,
    `start to ready, with a new database: ${number(world.platform.startedInMs / 1_000)} s`,
  );
});
for (const { ofA, ...workload } of chosen) {
  if (ofA === undefined) continue;
  await inWorld(async (world) => {
    const alone = await measure(world, `A before ${workload.letter}`, await executed(world, pureSteps));
    const measured = await measure(world, workload.letter, await workload.prepare(world, notes));
    const reached = medianShare(measured) / medianShare(alone);
    notes.push(`${workload.letter} is ${reached.toFixed(2)} of A right before it (bar ${ofA})`);
    isGood &&= reached >= ofA;
    rows.push(rowOf(workload, measured));
  });
}
const lines = [
  machine,
  `F, bare Fastify, wrk with 32 connections: ${number(median(references))} requests/s (${number(Math.min(...references))} to ${number(Math.max(...references))})`,
  '',
  row('', 'workload', 'runs/s', '/ F', 'bar', 'goal', 'CPU ms a run', 'WAL bytes', 'stored bytes'),
  row('---', '---', '---:', '---:', '---:', '---:', '---', '---:', '---:'),
  ...rows,
  '',
  ...notes,
];
process.stdout.write(`${lines.join('\n')}\n`);
if (!isGood) process.exitCode = 1;

async function inWorld(work: (world: BenchWorld) => Promise<void>): Promise<void> {
  const world = await BenchWorld.start(seconds);
  try {
    await work(world);
  } finally {
    await world.stop();
  }
}

async function measure(world: BenchWorld, name: string, once: () => Promise<RunFigures>): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const { perSecond: reference } = await bareFastify(world.wrk, seconds);
    references.push(reference);
    const figures = await once();
    measured.push({ share: figures.completedPerSecond / reference, figures });
  }
  process.stderr.write(`${name}: ${measured.map(({ share }) => share.toFixed(4)).join(', ')} of F\n`);
  return measured;
}

function medianShare(measured: readonly Measured[]): number {
  return median(measured.map(({ share }) => share));
}

function rowOf({ letter, title, bar, goal }: Omit<Workload, 'ofA'>, measured: readonly Measured[]): string {
  const of = (pick: (figures: RunFigures) => number): number => median(measured.map(({ figures }) => pick(figures)));
  const share = medianShare(measured);
  const failures = measured.reduce((sum, { figures }) => sum + figures.load.failed + figures.notCompleted, 0);
  if (failures > 0) process.stderr.write(`${letter}: ${failures} requests or runs failed\n`);
  isGood &&= share >= bar && failures === 0;
  const names = ['gateway', 'workflow', 'worker', 'postgres', 'redis'];
  const processor = names.map((name) => ({ name, ms: of((figures) => figures.processor[name] ?? 0) }));
  const total = processor.reduce((sum, { ms }) => sum + ms, 0);
  const parts = processor.map(({ name, ms }) => `${name} ${ms.toFixed(2)}`).join(', ');
  return row(
    letter,
    title,
    number(of((figures) => figures.completedPerSecond)),
    share.toFixed(4),
    bar.toFixed(4),
    goal?.toFixed(4) ?? '',
    `${total.toFixed(2)} (${parts})`,
    number(of((figures) => figures.walBytes)),
    number(of((figures) => figures.storedBytes)),
  );
}
