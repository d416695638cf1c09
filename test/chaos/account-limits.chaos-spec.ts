import { newId } from '@app/contracts';
import { freePort } from '@app/servers';
import {
  eventually,
  sized,
  spawnService,
  testDatabase,
  TestRedisServer,
  type TestDatabase,
  type TestService,
} from '@app/testing';
import { KeyRing, sealCredentials } from '@app/security';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { chance } from './support/chance.js';
import { DirectRuns } from './support/direct-runs.js';
import { note } from './support/figures.js';
import { metricsAt } from './support/process-metrics.js';
import { RunTable } from './support/run-table.js';
import { WindowedProvider } from './support/windowed-provider.js';

const LIMIT = { max: 10, per_ms: 500 };
const REPLICAS = 3;
/** Runs that wait from the beginning, so that there is always one that could call. */
const WAITING = 100;
/** Calls that are let through between two troubles. */
const PHASE = sized({ ci: 25, full: 300 });
const ROUNDS = sized({ ci: 1, full: 5 });
const PATIENCE = { timeoutMs: 60_000, everyMs: 20 };
const TIMEOUT = { timeout: sized({ ci: 180_000, full: 1_800_000 }) };
const KEY = Buffer.alloc(32, 5);

interface Replica {
  service: TestService;
  metricsPort: number;
}

let database: TestDatabase;
let redis: TestRedisServer;
let table: RunTable;
let provider: WindowedProvider;
let replicas: Replica[] = [];
const draw = chance('account limits');

beforeAll(async () => {
  [database, redis] = [await testDatabase(), await TestRedisServer.start()];
  table = new RunTable(database.url);
  provider = new WindowedProvider(() => draw(1, 60));
  await provider.start();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    process.stdout.write(replicas.map(({ service }) => service.logs()).join('\n---\n'));
  await Promise.all(replicas.map(({ service }) => service.kill()));
  replicas = [];
});
afterAll(async () => {
  provider.stop();
  await table.close();
  await redis.stop();
  await database.drop();
});

async function spawn(): Promise<Replica> {
  const metricsPort = await freePort();
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    EGRESS_ALLOW: '127.0.0.1/32',
    ENCRYPTION_KEYS: `test:${KEY.toString('base64')}`,
    ENGINE_POLL_MS: '100',
    ENGINE_HEARTBEAT_MS: '200',
    ENGINE_ABORT_AFTER_MS: '800',
    ENGINE_LEASE_MS: '1200',
    METRICS_PORT: String(metricsPort),
  };
  return { service: await spawnService('workflow', { env }), metricsPort };
}

/** An integration of the owner with the limit. */
async function integration({ userId }: DirectRuns): Promise<string> {
  const id = newId();
  const config = { base_url: provider.url, header: 'X-Key', scheme: '', limit: LIMIT };
  const sealed = sealCredentials(
    new KeyRing([{ id: 'test', key: KEY }]),
    { userId, integrationId: id, version: 1 },
    { token: 't' },
  );
  await table.pool.query(
    `INSERT INTO integrations (id, user_id, type, name, config, status, credentials, credentials_version)
     VALUES ($1, $2, 'http', 'Provider', $3, 'active', $4, 1)`,
    [id, userId, JSON.stringify(config), sealed],
  );
  return id;
}

/** Accepts runs and resolves when as many calls have come, and says how long the first of them took, in ms. */
async function letThrough(owner: DirectRuns, workflowId: string): Promise<number> {
  const from = performance.now();
  await owner.acceptMany(workflowId, PHASE);
  await eventually(() => provider.since(from) >= PHASE, PATIENCE);
  return Math.round(provider.came.find((at) => at > from)! - from);
}

async function apart({ metricsPort }: Replica): Promise<number> {
  return (await metricsAt(metricsPort))('provider_limits_apart');
}

it(
  'the limit of an integration is never exceeded, whatever becomes of Redis and replicas, and every run has its turn',
  TIMEOUT,
  async (test) => {
    const owner = new DirectRuns(table.pool);
    await owner.createOwner();
    const credential = await integration(owner);
    const config = { method: 'PUT', url: `${provider.url}/{{ run.id }}`, credential };
    const retry = { max_attempts: 1, delay_ms: 1, backoff: 1 };
    const workflowId = await owner.createWorkflow([
      { id: 'call', type: 'http.request', config, retry, timeout_ms: 20_000 },
    ]);
    replicas = await Promise.all(Array.from({ length: REPLICAS }, spawn));
    await owner.acceptMany(workflowId, WAITING);
    const phase = (): Promise<number> => letThrough(owner, workflowId);
    const firstCalls: Record<string, number> = { 'as Redis begins to remember': await phase() };

    for (let round = 0; round < ROUNDS; round += 1) {
      await redis.flush();
      firstCalls['after Redis was emptied'] = await phase();

      const [killed] = replicas.splice(draw(0, REPLICAS - 1), 1);
      await killed!.service.kill();
      await phase();

      await redis.kill();
      firstCalls['after Redis was killed'] = await phase();
      await eventually(async () => (await Promise.all(replicas.map(apart))).every((each) => each === 1), PATIENCE);
      await phase();

      await redis.restart();
      await eventually(async () => (await Promise.all(replicas.map(apart))).every((each) => each === 0), PATIENCE);
      firstCalls['after Redis came back'] = await phase();
      if (round < ROUNDS - 1) replicas.push(await spawn());
    }
    const runs = WAITING + (5 * ROUNDS + 1) * PHASE;
    await table.completed(workflowId, runs, PATIENCE.timeoutMs * ROUNDS);
    const parks = await table.number(
      `SELECT count(*)::int AS n FROM workflow_runs r JOIN run_journal j ON j.run_id = r.id, json_array_elements(j.entries) e
       WHERE r.user_id = $1 AND e->'error'->>'code' = 'ACCOUNT_LIMITED'`,
      owner.userId,
    );
    note(test, {
      runs,
      calls: provider.came.length,
      limit: `${LIMIT.max} in ${LIMIT.per_ms} ms`,
      'most calls in a window': provider.most(LIMIT.per_ms),
      'times that a run was parked for its turn': parks,
      ...Object.fromEntries(Object.entries(firstCalls).map(([name, ms]) => [`ms to the first call ${name}`, ms])),
    });
    expect(provider.most(LIMIT.per_ms)).toBeLessThanOrEqual(LIMIT.max);
    expect(await table.staleWrites()).toBe(0);
    expect(await table.count(workflowId)).toEqual({ completed: runs });
  },
);
