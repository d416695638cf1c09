import type { BenchWorld } from '../bench-world.js';
import { executed } from './execute.js';
import { pureSteps, type Workload } from './workload.js';

const RUNS = 1_000_000;
const PER_STATEMENT = 50_000;
const PAGES = 300;

/** Its ids are as old as the runs: the past six days, so that the oldest are in last week's partition. */
const insertFinished = `
  WITH made AS (
    SELECT (lpad(to_hex(floor(extract(epoch FROM now() - i * interval '500 milliseconds') * 1000)::bigint), 12, '0') ||
            '7' || lpad(to_hex(i % 4096), 3, '0') || '8' || substr(md5(i::text), 1, 15))::uuid AS id
    FROM generate_series($3::int, $3::int + $4::int - 1) AS i
  ), runs AS (
    INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, status, trigger, input, output, started_at, completed_at)
    SELECT id, 30, $1, 1, $2, 'completed', '{"type": "manual"}', '{"name": "a thing", "price": 12.5, "count": 3}', '45', now(), now()
    FROM made RETURNING id
  )
  INSERT INTO run_journal (run_id, retention, seq, epoch, entries)
  SELECT id, 30, 1, 1, $5::json FROM runs`;

const journal = JSON.stringify(
  pureSteps.map(({ id }) => ({
    type: 'step.completed',
    path: id,
    at: Date.now(),
    attempt: 1,
    started_at: Date.now(),
    output: { name: 'a thing', total: 37.5 },
  })),
);

export const history: Workload = {
  letter: 'F',
  title: `A with ${RUNS.toLocaleString('en-US')} finished runs`,
  bar: 0.06 * 0.9,
  prepare: async (world, notes) => {
    const { id } = await world.account.createWorkflow({ steps: pureSteps });
    for (let made = 0; made < RUNS; made += PER_STATEMENT) {
      await world.db.query(insertFinished, [id, world.account.id, made, PER_STATEMENT, journal]);
    }
    await world.db.query('ANALYZE');
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
