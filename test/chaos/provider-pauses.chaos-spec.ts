import type { StepDefinition } from '@app/definition';
import {
  eventually,
  sized,
  spawnService,
  testDatabase,
  TestRedisServer,
  type TestDatabase,
  type TestService,
} from '@app/testing';
import { freePort } from '@app/servers';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { chance } from './support/chance.js';
import { DirectRuns } from './support/direct-runs.js';
import { note } from './support/figures.js';
import { PauseWatch } from './support/pause-watch.js';
import { promised } from './support/promised.js';
import { asDate, inSeconds, RefusingProvider, type Refusal } from './support/refusing-provider.js';
import { metricsAt } from './support/process-metrics.js';
import { RunTable } from './support/run-table.js';

const POLL_MS = 100;
const WAIT_MS = sized({ ci: 4_000, full: 10_000 });
const WAITING = sized({ ci: 30, full: 1_000 });

const RUNS = sized({ ci: 200, full: 5_000 });
/** Of these, accepted when a refusal is known. */
const LATER = 20;
const KILLS = sized({ ci: 2, full: 15 });
const BUDGET = sized({ ci: 80, full: 250 });
/** After so long everybody has heard of a refusal: a message, or a look at the rows and whatever else goes on. */
const HEARD_MS = 500;
/** Longer than what `promised` allows for hearing of it, and than it takes until everybody was seen to know. */
const WINDOW_MS = 3_000;
const PATIENCE = { timeoutMs: sized({ ci: 120_000, full: 1_200_000 }), everyMs: 20 };
const TIMEOUT = { timeout: sized({ ci: 180_000, full: 1_800_000 }) };

let database: TestDatabase;
let redis: TestRedisServer;
let table: RunTable;
let provider: RefusingProvider;
let services: TestService[] = [];
const draw = chance('provider');

beforeAll(async () => {
  database = await testDatabase();
  redis = await TestRedisServer.start();
  table = new RunTable(database.url);
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') process.stdout.write(services.map((service) => service.logs()).join('\n---\n'));
  await Promise.all(services.map((service) => service.kill()));
  services = [];
  provider.stop();
});
afterAll(async () => {
  await table.close();
  await redis.stop();
  await database.drop();
});

async function spawn(more: Record<string, string> = {}): Promise<TestService> {
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    EGRESS_ALLOW: '127.0.0.1/32',
    ENGINE_POLL_MS: String(POLL_MS),
    ENGINE_HEARTBEAT_MS: '200',
    ENGINE_ABORT_AFTER_MS: '800',
    ENGINE_LEASE_MS: '1200',
    ...more,
  };
  const service = await spawnService('workflow', { env });
  services.push(service);
  return service;
}

async function newOwner(): Promise<DirectRuns> {
  const owner = new DirectRuns(table.pool);
  await owner.createOwner();
  return owner;
}

/** One call, which is tried again as often as it takes. */
const call = (): StepDefinition => ({
  id: 'call',
  type: 'http.request',
  config: { method: 'PUT', url: `${provider.url}/{{ run.id }}` },
  retry: { max_attempts: 100, delay_ms: 1, backoff: 1 },
  // The first call is held until another replica has started.
  timeout_ms: 60_000,
});

/** How many runs have waited although they had made no call. */
const waited = (owner: DirectRuns): Promise<number> =>
  table.number(
    `SELECT count(DISTINCT j.run_id)::int AS n FROM workflow_runs r JOIN run_journal j ON j.run_id = r.id,
       json_array_elements(j.entries) e
     WHERE r.user_id = $1 AND e->'error'->>'code' = 'PROVIDER_PAUSED'`,
    owner.userId,
  );

interface Replica {
  service: TestService;
  metricsPort: number;
}

interface Trouble {
  name: string;
  refusal?: Refusal;
  /** What happens before the provider answers. */
  before?: () => Promise<unknown>;
  /** What happens right after. */
  after?: () => Promise<unknown>;
  /** For the replica that is answered. */
  env?: Record<string, string>;
}

const troubles: Trouble[] = [
  { name: 'that hears of it' },
  { name: 'without Redis', before: () => redis.kill(), after: () => redis.restart() },
  { name: 'with a Redis that is emptied, of a date', refusal: asDate, after: () => redis.flush() },
  {
    name: 'with a Redis that is killed and comes back',
    after: async () => (await redis.kill(), await redis.restart()),
  },
  { name: 'when the answer is all that the other one lives to see', env: { CRASH_AT: 'call.after#1' } },
];

it.for(troubles.map((trouble) => [trouble.name, trouble] as const))(
  'what one replica is asked for, and dies, holds every run at the other one, %s',
  TIMEOUT,
  async ([, { refusal = inSeconds, before, after, env = {} }], test) => {
    provider = await RefusingProvider.start({ first: 0, budget: 1e9, waitMs: WAIT_MS, refusal, isHeld: true });
    const owner = await newOwner();
    const workflowId = await owner.createWorkflow([call()]);
    const answered = await spawn(env);
    await owner.accept(workflowId);
    await eventually(() => provider.waiting === 1, PATIENCE);
    const port = await freePort();
    await spawn({ METRICS_PORT: String(port) });
    await before?.();
    provider.release();
    const pauses = 'SELECT count(*)::int AS n FROM provider_pauses WHERE user_id = $1';
    await eventually(async () => (await table.number(pauses, owner.userId)) === 1, PATIENCE);
    await answered.kill();
    await after?.();
    const hasHeard = async (): Promise<boolean> => (await metricsAt(port))('provider_paused_accounts') === 1;
    await eventually(hasHeard, { ...PATIENCE, everyMs: 5 });
    const first = provider.refusedAt[0] ?? 0;
    const heardMs = Math.round(performance.now() - first);
    await owner.acceptMany(workflowId, WAITING);

    await table.completed(workflowId, WAITING + 1, PATIENCE.timeoutMs);
    const again = provider.calls.filter(({ isRefused }) => !isRefused).map(({ at }) => Math.round(at - first));
    note(test, {
      'runs that wait': WAITING,
      'of these, ones that waited without having called': await waited(owner),
      'ms that the provider asks for': WAIT_MS,
      'refused calls': provider.refused,
      'ms until the other replica was seen to know': heardMs,
      'ms to the first call after it': Math.min(...again),
      'ms to the last': Math.max(...again),
    });
    expect(heardMs).toBeLessThan(WAIT_MS);
    expect(provider.refused).toBe(1);
    expect(again).toHaveLength(WAITING + 1);
  },
);

it(
  'many runs share what a provider lets through, whatever is killed, and do not ask while it wants no calls',
  TIMEOUT,
  async (test) => {
    provider = await RefusingProvider.start({ first: BUDGET, budget: BUDGET, waitMs: WINDOW_MS });
    const [owner, other] = [await newOwner(), await newOwner()];
    const workflowId = await owner.createWorkflow([call()]);
    const watch = new PauseWatch(provider);
    const start = async (): Promise<Replica> => {
      const { newest } = provider;
      const metricsPort = await freePort();
      const service = await spawn({ METRICS_PORT: String(metricsPort) });
      watch.add(metricsPort, newest);
      return { service, metricsPort };
    };
    const live = [await start(), await start()];
    await owner.acceptMany(workflowId, RUNS - LATER);
    await eventually(() => provider.refused > 0, PATIENCE);
    // The others may all have called before they heard of it; these come when everybody has.
    await eventually(() => watch.heardMs.length > 0, PATIENCE);
    await owner.acceptMany(workflowId, LATER);
    const elsewhere = await other.createWorkflow([{ id: 'x', type: 'transform', config: { expression: 'input.n' } }]);
    expect(await other.endOf(await other.accept(elsewhere))).toMatchObject({ status: 'completed' });

    for (let kill = 1; kill <= KILLS; kill += 1) {
      const left = RUNS - (RUNS * kill) / (KILLS + 1);
      await eventually(async () => (await table.unfinished()) <= left, PATIENCE);
      const place = draw(0, live.length - 1);
      const { service, metricsPort } = live[place]!;
      watch.remove(metricsPort);
      await service.kill();
      live[place] = await start();
    }
    const { timeoutMs } = PATIENCE;
    await table.completed(workflowId, RUNS, timeoutMs);
    await watch.stop();
    note(test, {
      runs: RUNS,
      kills: KILLS,
      'calls let through at a time': BUDGET,
      'ms that the provider asks for': WINDOW_MS,
      'times that it did': provider.refusedAt.length,
      calls: provider.calls.length,
      'refused calls': provider.refused,
      'of these, later than everybody has heard': provider.late(promised(HEARD_MS)).length,
      'times that all replicas were seen to know of it': watch.heardMs.length,
      'ms until they were, at most': Math.max(...watch.heardMs),
      'refused calls after that': watch.late.length,
      'runs that waited without having called': await waited(owner),
    });
    expect(provider.late(promised(HEARD_MS))).toEqual([]);
    expect(watch.heardMs).not.toEqual([]);
    expect(watch.late).toEqual([]);
    expect(await waited(owner)).toBeGreaterThan(0);
    expect(await table.staleWrites()).toBe(0);
    expect(await table.count(workflowId)).toEqual({ completed: RUNS });
  },
);
