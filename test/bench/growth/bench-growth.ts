import { BenchWorld } from '../bench-world.js';
import { describeMachine } from '../machine.js';
import type { RunFigures } from '../measure-runs.js';
import { executed } from '../workloads/execute.js';
import { pureSteps } from '../workloads/workload.js';
import { growths } from './growths.js';

/**
 * `npm run bench:growth` measures how the cost of a run grows: with the number of its steps, the size of what it is given, the
 * replicas that share the work, and the history that is there already. `npm run bench:growth -- steps --seconds=3` measures
 * one of them. Nothing is compared with a bar; it fails when a request or a run fails.
 */
const args = process.argv.slice(2);
const chosen = args.filter((arg) => !arg.startsWith('--'));
const seconds = Number(/^--seconds=(\d+)$/m.exec(args.join('\n'))?.[1] ?? 5);
/** Whatever is measured first finds code that is compiled. */
const WARM_UP_SECONDS = 5;
const machine = describeMachine();
const number = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });

for (const { name, head, points } of growths) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const heads = [
    head,
    'runs/s',
    'gateway',
    'workflow',
    'worker',
    'postgres',
    'redis',
    'CPU ms',
    'WAL bytes',
    'stored bytes',
  ];
  process.stdout.write(`${machine}\n\n| ${heads.join(' | ')} |\n| --- ${'| ---: '.repeat(heads.length - 1)}|\n`);
  // Each growth has a platform of its own: what one leaves behind is not in the figures of the next.
  const world = await BenchWorld.start(seconds);
  try {
    await executed(world, pureSteps, { seconds: WARM_UP_SECONDS });
    for (const { label, measure } of points) {
      const figures = await measure(world);
      process.stdout.write(`| ${[label, ...cellsOf(figures)].join(' | ')} |\n`);
      if (figures.load.failed + figures.notCompleted > 0) {
        process.stderr.write(
          `${name}, ${label}: ${figures.load.failed} requests, ${figures.notCompleted} runs failed\n`,
        );
        process.exitCode = 1;
      }
    }
    process.stdout.write('\n');
  } finally {
    await world.stop();
  }
}

function cellsOf({ completedPerSecond, processor, walBytes, storedBytes }: RunFigures): string[] {
  const parts = ['gateway', 'workflow', 'worker', 'postgres', 'redis'].map((name) => processor[name] ?? 0);
  const total = parts.reduce((sum, ms) => sum + ms, 0);
  return [completedPerSecond, ...parts, total, walBytes, storedBytes].map(number);
}
