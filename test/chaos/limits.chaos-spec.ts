import {
  eventually,
  sized,
  spawnService,
  testDatabase,
  testRedis,
  type TestDatabase,
  type TestService,
} from '@app/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { cancelRunSql } from '../../apps/gateway/src/runs/run-control.sql.js';
import { deleteRunSql } from '../../apps/gateway/src/runs/runs.sql.js';
import { chance } from './support/chance.js';
import { CountingReceiver } from './support/counting-receiver.js';
import { DirectRuns } from './support/direct-runs.js';
import { note } from './support/figures.js';
import { promised } from './support/promised.js';
import { RunTable } from './support/run-table.js';

const MAX = 7;
const RUNS = sized({ ci: 300, full: 10_000 });
const KILLS = sized({ ci: 3, full: 20 });
const REPLICAS = 2;
const FLOOD = sized({ ci: 2_000, full: 10_000 });
const SINGLES = 5;
const WITHIN_MS = 1_000;
const PATIENCE = { timeoutMs: sized({ ci: 120_000, full: 1_200_000 }), everyMs: 20 };
const TIMEOUT = { timeout: sized({ ci: 180_000, full: 1_800_000 }) };
const FINAL = ['completed', 'failed', 'cancelled'];

let database: TestDatabase;
let table: RunTable;
let env: Record<string, string>;
let services: TestService[] = [];
let receiver: CountingReceiver;
const draw = chance('limits');

beforeAll(async () => {
  database = await testDatabase();
  table = new RunTable(database.url);
  env = {
    DATABASE_URL: database.url,
    REDIS_URL: (await testRedis()).url,
    EGRESS_ALLOW: '127.0.0.1/32',
    ENGINE_POLL_MS: '100',
    ENGINE_HEARTBEAT_MS: '200',
    ENGINE_ABORT_AFTER_MS: '800',
    ENGINE_LEASE_MS: '1200',
  };
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') process.stdout.write(services.map((service) => service.logs()).join('\n---\n'));
  await Promise.all(services.map((service) => service.kill()));
  services = [];
  receiver.stop();
});
afterAll(async () => {
  await table.close();
  await database.drop();
});

async function spawn(more: Record<string, string> = {}): Promise<TestService> {
  const service = await spawnService('workflow', { env: { ...env, ...more } });
  services.push(service);
  return service;
}

const slotRows = (): Promise<number> => table.number('SELECT count(*)::int AS n FROM run_slots WHERE NOT freed');
const slotsOf = ({ pid }: TestService): Promise<number> =>
  table.number(
    'SELECT count(*)::int AS n FROM run_slots s JOIN replicas r ON r.id = s.owner WHERE r.pid = $1 AND NOT s.freed',
    pid,
  );

/** Holds a replica at a moment when it has slots; at any moment when there is nothing left to do. */
async function stoppedWithSlots(victim: TestService): Promise<{ slots: number } | false> {
  process.kill(victim.pid, 'SIGSTOP');
  const slots = await slotsOf(victim);
  if (slots > 0 || (await table.unfinished()) === 0) return { slots };
  process.kill(victim.pid, 'SIGCONT');
  return false;
}

it(
  'never more runs at work than the limit, whatever is killed, cancelled and deleted, and no slot is lost',
  TIMEOUT,
  async (test) => {
    const answers = chance('answers');
    receiver = new CountingReceiver(() => answers(5, 30));
    await receiver.start();
    const runs = new DirectRuns(table.pool);
    await runs.createOwner();
    const call = (id: string) => ({
      id,
      type: 'http.request',
      config: { method: 'PUT', url: `${receiver.url}/{{ run.id }}/${id}` },
      timeout_ms: 1_000,
    });
    const workflowId = await runs.createWorkflow(
      [call('a'), { id: 'wait', type: 'delay', config: { for_ms: 50 } }, call('b')],
      { limits: { concurrency: { max: MAX } } },
    );
    const live = await Promise.all(Array.from({ length: REPLICAS }, () => spawn()));
    const runIds: string[] = [];
    while (runIds.length < RUNS)
      runIds.push(...(await runs.acceptMany(workflowId, Math.min(500, RUNS - runIds.length))));

    let [mostSlots, cancelled, deleted, killedSlots, isOver] = [0, 0, 0, 0, false];
    const watching = (async () => {
      while (!isOver) {
        mostSlots = Math.max(mostSlots, await slotRows());
        await pause(10);
      }
    })();
    const meddling = (async () => {
      while (!isOver) {
        const runId = runIds[draw(0, RUNS - 1)];
        const { rowCount } = await table.pool.query(cancelRunSql, [runId, runs.userId]);
        cancelled += rowCount ?? 0;
        const gone = await table.pool.query(deleteRunSql, [runIds[draw(0, RUNS - 1)], runs.userId, FINAL]);
        deleted += gone.rowCount ?? 0;
        await pause(sized({ ci: 100, full: 200 }));
      }
    })();
    try {
      for (let kill = 1; kill <= KILLS; kill += 1) {
        // Spread over the runs, and while the victim has slots that it can lose.
        const left = RUNS - (RUNS * kill) / (KILLS + 1);
        await eventually(async () => (await table.unfinished()) <= left, PATIENCE);
        const place = draw(0, REPLICAS - 1);
        const victim = live[place]!;
        killedSlots += (await eventually(() => stoppedWithSlots(victim), PATIENCE)).slots;
        await victim.kill();
        live[place] = await spawn();
      }
      await table.allFinished(PATIENCE.timeoutMs);
    } finally {
      isOver = true;
      await Promise.all([watching, meddling]);
    }
    await eventually(async () => (await table.number('SELECT count(*)::int AS n FROM run_slots')) === 0, PATIENCE);
    note(test, {
      runs: RUNS,
      limit: MAX,
      kills: KILLS,
      'slots of killed processes': killedSlots,
      cancelled,
      deleted,
      'most slots': mostSlots,
      'most open requests': receiver.most,
      requests: receiver.received,
    });
    expect(mostSlots).toBe(MAX);
    expect(receiver.most).toBe(MAX);
    expect(killedSlots).toBeGreaterThan(0);
    expect(await table.staleWrites()).toBe(0);
    const { completed = 0, cancelled: stopped = 0, ...others } = await table.count(workflowId);
    expect(others).toEqual({});
    expect(completed + stopped + deleted).toBe(RUNS);
  },
);

it("one owner's flood does not delay another's single run", TIMEOUT, async (test) => {
  receiver = new CountingReceiver(() => 300);
  await receiver.start();
  const [flooder, other] = [new DirectRuns(table.pool), new DirectRuns(table.pool)];
  for (const owner of [flooder, other]) await owner.createOwner();
  const step = { id: 'call', type: 'http.request', config: { method: 'PUT', url: `${receiver.url}/{{ run.id }}` } };
  const flood = await flooder.createWorkflow([step]);
  const single = await other.createWorkflow([{ id: 'x', type: 'transform', config: { expression: 'input.n' } }]);
  await spawn({ ENGINE_CONCURRENCY: '50' });
  for (let left = FLOOD; left > 0; left -= 500) await flooder.acceptMany(flood, Math.min(500, left));
  await eventually(() => receiver.received > 50, PATIENCE);

  const times: number[] = [];
  for (let n = 0; n < SINGLES; n += 1) {
    await pause(draw(0, 500));
    const askedAt = performance.now();
    await other.endOf(await other.accept(single));
    times.push(Math.round(performance.now() - askedAt));
  }
  const waiting = await table.unfinished();
  note(test, {
    flood: FLOOD,
    'of these unfinished after the last single run': waiting,
    'ms from asking to the end of a single run': times.join(', '),
    'promised, in ms': WITHIN_MS,
  });
  expect(waiting).toBeGreaterThan(FLOOD / 4);
  expect(Math.max(...times)).toBeLessThanOrEqual(promised(WITHIN_MS));
});
