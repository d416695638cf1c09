import { eventually, sized, testDatabase, testRedis, type TestDatabase, type TestService } from '@app/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ApiUser } from './support/api-user.js';
import { note } from './support/figures.js';
import { Platform } from './support/platform.js';

const PATIENCE_MS = 60_000;
/** A replica that is started anew takes seconds, many on a busy machine. */
const TIMEOUT = { timeout: sized({ ci: 180_000, full: 900_000 }) };

let database: TestDatabase;
let platform: Platform;
let user: ApiUser;

beforeAll(async () => {
  database = await testDatabase();
  platform = new Platform({ databaseUrl: database.url, redisUrl: (await testRedis()).url });
  await platform.spawn('gateway');
  user = await platform.signUp();
});

afterAll(async () => {
  await platform.stop();
  await database.drop();
});

/** The scheduled times of the runs of workflows, in seconds since 1970, in order. */
async function scheduled(workflowId: string): Promise<number[]> {
  const { rows } = await platform.runs.pool.query<{ second: number }>(
    `SELECT extract(epoch FROM (trigger->>'scheduled_for')::timestamptz)::int AS second FROM workflow_runs
     WHERE workflow_id = $1 ORDER BY 1`,
    [workflowId],
  );
  return rows.map(({ second }) => second);
}

it(
  'a schedule starts one run for each second, whatever is killed, all of it too, and while it is edited',
  TIMEOUT,
  async (test) => {
    const kills = sized({ ci: 3, full: 20 });
    const trigger = { cron: '* * * * * *', overlap: 'allow', catch_up: 'all' };
    const steps = [{ id: 'beat', type: 'transform', config: { expression: '1' } }];
    const workflowId = await user.createWorkflow({ name: 'Pulse', trigger_type: 'cron', config: { trigger }, steps });
    let replicas: TestService[] = await Promise.all([platform.spawn('workflow'), platform.spawn('workflow')]);
    await user.must(200, 'POST', `/workflows/${workflowId}/activate`);
    const fired = (count: number): Promise<unknown> =>
      eventually(async () => (await scheduled(workflowId)).length >= count, { timeoutMs: PATIENCE_MS, everyMs: 5 });
    await fired(2);

    for (let kill = 0; kill < kills; kill++) {
      const seen = (await scheduled(workflowId)).length;
      // The last time nobody is left.
      const victims = kill === kills - 1 ? replicas : replicas.slice(0, 1);
      await fired(seen + 1);
      await Promise.all([
        ...victims.map((victim) => victim.kill()),
        user.must(200, 'PATCH', `/workflows/${workflowId}`, { name: `Edit ${kill}` }),
      ]);
      replicas = [...replicas.filter((replica) => !victims.includes(replica)), await platform.spawn('workflow')];
      await fired(seen + 2);
    }

    await user.must(200, 'POST', `/workflows/${workflowId}/deactivate`);
    const seconds = await scheduled(workflowId);
    await platform.runs.completed(workflowId, seconds.length, PATIENCE_MS);
    note(test, { 'processes killed': kills + 1, 'scheduled times': seconds.length });
    const [first = 0] = seconds;
    expect(seconds).toEqual(seconds.map((_, index) => first + index));
    const { body } = await user.must(200, 'GET', `/workflows/${workflowId}/schedule`);
    expect(body.recent.every(({ status }: { status: string }) => status === 'started')).toBe(true);
  },
);
