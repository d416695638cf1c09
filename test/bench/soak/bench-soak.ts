import { setTimeout as sleep } from 'node:timers/promises';
import { BenchWorld } from '../bench-world.js';
import { processorTime } from '../processor-time.js';
import { executeLoad } from '../workloads/execute.js';
import { pureSteps } from '../workloads/workload.js';

/**
 * `npm run bench:soak [-- minutes]`: ten minutes of workload A. Prints each minute how many runs were accepted and what the
 * services keep resident, and in the end what each takes of a processor when nothing is to be done. Fails when a request
 * fails, the gateway or the workflow service keeps more than 250 MB, or more and more, or when idling takes 2 % of a core.
 * With 0 minutes only the last of it, five minutes after the start.
 */
const minutes = Number(process.argv[2] ?? 10);
const MOST_MB = 250;
const MOST_IDLE = 0.02;
/** The first minutes compile code and fill caches. */
const WARM_UP_MINUTES = 2;
/** By how much the last minutes may be above the first ones that count: what is resident goes up and down with collections. */
const NOT_GROWING = 1.1;
/** After its last work V8 collects the old generation up to three more times, to give memory back: in two to three minutes. */
const SETTLE_MS = 240_000;
const IDLE_MS = 60_000;

const world = await BenchWorld.start(60);
const { platform } = world;
const watched = ['gateway', 'workflow'] as const;
const services = [...watched, 'worker'] as const;
const resident: Record<(typeof watched)[number], number[]> = { gateway: [], workflow: [] };
const failures: string[] = [];
try {
  const load = await executeLoad(world, pureSteps);

  const heads = ['minute', 'accepted/s', 'p95 ms', 'gateway MB', 'workflow MB', 'worker MB'];
  process.stdout.write(`| ${heads.join(' | ')} |\n${'| ---: '.repeat(heads.length)}|\n`);
  for (let minute = 1; minute <= minutes; minute += 1) {
    const { failed, perSecond, p95 } = await world.wrk.apply({ ...load, method: 'POST', seconds: 60 });
    const memory = platform.residentMemory();
    if (failed > 0) failures.push(`${failed} requests failed in minute ${minute}`);
    for (const service of watched) resident[service].push(memory[service]);
    const cells = [minute, perSecond, p95, memory.gateway, memory.workflow, memory.worker].map(Math.round);
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  }
  for (const service of watched) failures.push(...mistakesIn(service, resident[service]));
  const shares = await idleShares();
  const idle = services.reduce((sum, service) => sum + (shares[service] ?? 0), 0);
  const memory = platform.residentMemory();
  const percent = (share: number): string => (share * 100).toFixed(2);
  process.stdout.write(`\n| idle | % of a core | MB |\n| --- | ---: | ---: |\n`);
  for (const [name, share] of Object.entries(shares)) {
    const megabytes = name in memory ? memory[name as keyof typeof memory].toFixed(0) : '';
    process.stdout.write(`| ${name} | ${percent(share)} | ${megabytes} |\n`);
  }
  process.stdout.write(`The three services together: ${percent(idle)} % (bar ${percent(MOST_IDLE)})\n`);
  if (idle > MOST_IDLE) failures.push('idling takes too much');
} finally {
  await world.stop();
}
for (const failure of failures) process.stderr.write(`${failure}\n`);
if (failures.length > 0) process.exitCode = 1;

function mistakesIn(service: string, megabytes: readonly number[]): string[] {
  const mistakes: string[] = [];
  const highest = Math.max(...megabytes);
  if (highest > MOST_MB) mistakes.push(`${service} kept ${highest.toFixed(0)} MB resident (bar ${MOST_MB})`);
  const counted = megabytes.slice(WARM_UP_MINUTES);
  const part = Math.ceil(counted.length / 3);
  const [before, after] = [mean(counted.slice(0, part)), mean(counted.slice(-part))];
  if (after > before * NOT_GROWING)
    mistakes.push(`${service} grew from ${before.toFixed(0)} to ${after.toFixed(0)} MB`);
  return mistakes;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The share of a core that each process takes, after the last runs are over; PostgreSQL's and Redis's too. */
async function idleShares(): Promise<Record<string, number>> {
  const spent = (): Record<string, number> => processorTime(platform.pid, world.services);
  await sleep(SETTLE_MS);
  const [before, startedAt] = [spent(), performance.now()];
  await sleep(IDLE_MS);
  const [after, ms] = [spent(), performance.now() - startedAt];
  return Object.fromEntries(Object.entries(after).map(([name, time]) => [name, (time - (before[name] ?? 0)) / ms]));
}
