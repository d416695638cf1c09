import { BenchWorld } from '../bench-world.js';
import { processorTime } from '../processor-time.js';
import { executeLoad } from '../workloads/execute.js';
import { pureSteps } from '../workloads/workload.js';

const WARM_UP_SECONDS = 8;
const ROUNDS = 5;

/**
 * `npm run bench:accept [-- seconds]`: what accepting a run costs, alone. The workflow and worker services are stopped in
 * their tracks meanwhile, so runs are accepted and nothing takes them forward. Prints processor time and not rates: it
 * says something on a busy machine too, if only beside that of another version at the same time.
 */
const seconds = Number(process.argv[2] ?? 6);
const world = await BenchWorld.start(seconds);
const { platform, wrk } = world;
const { gateway, workflow, worker } = platform.services;
try {
  const load = await executeLoad(world, pureSteps);
  for (const pid of [workflow, worker]) process.kill(pid, 'SIGSTOP');
  await wrk.apply({ ...load, method: 'POST', seconds: WARM_UP_SECONDS });
  for (let round = 0; round < ROUNDS; round += 1) await measure(load);
  if (platform.services.workflow !== workflow) throw new Error('A new workflow service took runs meanwhile.');
} finally {
  for (const pid of Object.values(platform.services)) process.kill(pid, 'SIGCONT');
  await world.stop();
}

async function measure(load: Awaited<ReturnType<typeof executeLoad>>): Promise<void> {
  const before = processorTime(platform.pid, new Map([[gateway, 'gateway']]));
  const { succeeded, failed, perSecond } = await wrk.apply({ ...load, method: 'POST', seconds });
  const after = processorTime(platform.pid, new Map([[gateway, 'gateway']]));
  if (failed > 0) throw new Error(`${failed} requests were not accepted.`);
  const microseconds = Object.entries(after).map(([name, ms]) => {
    return `${name} ${(((ms - (before[name] ?? 0)) / succeeded) * 1_000).toFixed(0)}`;
  });
  const resident = platform.residentMemory().gateway.toFixed(0);
  process.stdout.write(
    `µs of CPU a run: ${microseconds.join(', ')}; ${perSecond.toFixed(0)} a second; gateway ${resident} MB\n`,
  );
}
