import type { BenchWorld } from '../bench-world.js';
import { measureRuns, type RunFigures, type RunLoad } from '../measure-runs.js';
import { input, pureSteps, type Workload } from './workload.js';
import { applyLoad } from '../load.js';

export const CONNECTIONS = 32;
const WARM_UP_SECONDS = 5;

/** A load of `POST /workflows/:id/execute` with an access token. */
export async function executeLoad(
  world: BenchWorld,
  steps: readonly object[],
  given: object = input,
): Promise<RunLoad> {
  const { id } = await world.account.createWorkflow({ steps });
  return {
    workflowId: id,
    url: `${world.platform.url}/api/v1/workflows/${id}/execute`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${world.account.token}` },
    body: JSON.stringify({ input: given }),
    connections: CONNECTIONS,
  };
}

/**
 * Runs that are executed by a call, warmed up.
 * @param options `seconds` of the load: fewer where far more is accepted in a second than is executed in one; `input` of each
 */
export async function executed(
  world: BenchWorld,
  steps: readonly object[],
  options: { seconds?: number; input?: object } = {},
): Promise<() => Promise<RunFigures>> {
  const { seconds = world.seconds } = options;
  const load = await executeLoad(world, steps, options.input);
  await measureRuns(world, load, Math.min(WARM_UP_SECONDS, seconds));
  return () => measureRuns(world, load, seconds);
}

export const pure: Workload = {
  letter: 'A',
  title: 'execute, three pure steps',
  bar: 0.06,
  goal: 0.1,
  prepare: async (world, notes) => {
    const load = await executeLoad(world, pureSteps);
    await measureRuns(world, load, WARM_UP_SECONDS);
    return async () => {
      const figures = await measureRuns(world, load);
      const halfRate = Math.round(figures.completedPerSecond / 2);
      const paced = await applyLoad({ ...load, method: 'POST', seconds: world.seconds, perSecond: halfRate });
      notes.push(`A at ${halfRate} a second: p95 of the 202 is ${paced.p95.toFixed(1)} ms (bar 50)`);
      return figures;
    };
  },
};

/** Keyed calls of a server on this machine. */
function callSteps(echoUrl: string, count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `call${index}`,
    type: 'http.request',
    config: { method: 'PUT', url: `${echoUrl}/things/${index}`, body: { price: '{{ input.price }}' } },
  }));
}

export const calls: Workload = {
  letter: 'C',
  title: 'three http.request steps',
  bar: 0.02,
  goal: 0.03,
  prepare: (world) => executed(world, callSteps(world.echoUrl, 3)),
};

export const events: Workload = {
  letter: 'C2',
  title: 'three event.emit steps, each committed before the next',
  bar: 0.03,
  goal: 0.05,
  prepare: (world) =>
    executed(
      world,
      [0, 1, 2].map((index) => ({
        id: `tell${index}`,
        type: 'event.emit',
        config: { type: 'org.example.told', data: '{{ input.price }}' },
      })),
    ),
};

/** Pure steps, each of which needs the one before it. */
export function chainOf(count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `s${index}`,
    type: 'transform',
    config: { expression: index === 0 ? 'input.price' : `steps.s${index - 1}.output + 1` },
  }));
}

export const chain: Workload = {
  letter: 'D',
  title: 'a chain of 40 pure steps',
  bar: 0.01,
  goal: 0.015,
  prepare: (world) => executed(world, chainOf(40)),
};

export const fanOut: Workload = {
  letter: 'E',
  title: 'a parallel fan-out of 40 http.request steps',
  bar: 0.002,
  prepare: (world) => {
    const branches = callSteps(world.echoUrl, 40).map((step, index) => [`b${index}`, [step]] as const);
    return executed(world, [{ id: 'all', type: 'parallel', config: { branches: Object.fromEntries(branches) } }], {
      seconds: 1,
    });
  },
};
