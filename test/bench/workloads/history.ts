import type { BenchWorld } from '../bench-world.js';
import { executed } from './execute.js';
import { writeHistory } from './write-history.js';
import { pureSteps, type Workload } from './workload.js';

const RUNS = 1_000_000;
const PAGES = 300;

export const history: Workload = {
  letter: 'F',
  title: `A with ${RUNS.toLocaleString('en-US')} finished runs`,
  bar: 0.06 * 0.9,
  ofA: 0.9,
  prepare: async (world, notes) => {
    const { id } = await world.account.createWorkflow({ steps: pureSteps });
    await writeHistory(world, id, { from: 0, to: RUNS });
    const measure = await executed(world, pureSteps);
    return async () => {
      const figures = await measure();
      const times = await listTimes(world, id);
      notes.push(
        `F, a list of 100 runs by its cursor, ${PAGES} pages: p95 ${times.p95.toFixed(1)} ms (bar 50), longest ${times.longest.toFixed(1)}`,
      );
      return figures;
    };
  },
};

async function listTimes(world: BenchWorld, workflowId: string): Promise<{ p95: number; longest: number }> {
  const headers = { authorization: `Bearer ${world.account.token}` };
  const times: number[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const url = new URL(`${world.platform.url}/api/v1/workflows/${workflowId}/runs?limit=100`);
    if (cursor !== undefined) url.searchParams.set('cursor', cursor);
    const startedAt = performance.now();
    const response = await fetch(url, { headers });
    const body = (await response.json()) as { next_cursor?: string };
    times.push(performance.now() - startedAt);
    cursor = body.next_cursor;
    if (cursor === undefined) break;
  }
  times.sort((a, b) => a - b);
  return { p95: times[Math.floor(times.length * 0.95)] ?? NaN, longest: times.at(-1) ?? NaN };
}
