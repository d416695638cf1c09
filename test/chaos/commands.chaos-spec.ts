import { eventually, testDatabase, TestMailServer, TestRedisServer, type TestDatabase, sized } from '@app/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiUser } from './support/api-user.js';
import { mail } from './support/definitions.js';
import { note } from './support/figures.js';
import { Platform } from './support/platform.js';
import { promised } from './support/promised.js';
import { Receiver } from './support/receiver.js';
import { RedisProxy, type Fate } from './support/redis-proxy.js';

const PATIENCE_MS = 60_000;

let database: TestDatabase;
let redis: TestRedisServer;
let proxy: RedisProxy;
let platform: Platform;
let mails: TestMailServer;
let user: ApiUser;
let receiver: Receiver;

beforeAll(async () => {
  database = await testDatabase();
  mails = await TestMailServer.start();
  redis = await TestRedisServer.start();
  proxy = await RedisProxy.start(redis.url);
  platform = new Platform({ databaseUrl: database.url, redisUrl: proxy.url, env: { SMTP_URL: mails.url } });
  const services = ['gateway', 'workflow', 'workflow', 'worker', 'worker'] as const;
  await Promise.all(services.map((name) => platform.spawn(name)));
  user = await platform.signUp();
});

beforeEach(async () => {
  receiver = await Receiver.start();
  mails.received.length = 0;
  proxy.published.clear();
});

afterEach(async () => {
  await receiver.stop();
});

afterAll(async () => {
  await platform.stop();
  await proxy.stop();
  await redis.stop();
  await mails.stop();
  await database.drop();
});

describe.each<Fate>(['lost', 'doubled'])('commands that are %s', (fate) => {
  beforeEach(() => {
    proxy.fate = fate;
  });

  it('change nothing about runs and mails', async (test) => {
    const count = sized({ ci: 40, full: 300 });
    const workflowId = await user.createWorkflow(mail(receiver.url));
    const runIds = await user.executeMany(workflowId, count);
    const ms = await platform.runs.completed(workflowId, count, PATIENCE_MS);

    note(test, {
      runs: count,
      [`messages ${fate}`]: [...proxy.published].map(([name, n]) => `${name} ${n}`).join(', '),
      ms,
    });
    // Runs are handed over or waited for, as the replica has said what it has room for.
    expect(proxy.published.get('jobs.waiting')).toBeGreaterThan(0);
    const known = ['jobs.waiting', 'replica.room', 'runs.handed', 'runs.waiting'];
    expect([...proxy.published.keys()].filter((name) => !known.includes(name))).toEqual([]);
    expect((proxy.published.get('runs.handed') ?? 0) + (proxy.published.get('runs.waiting') ?? 0)).toBeGreaterThan(0);
    expect(mails.received.map(({ messageId }) => messageId.split('.')[0]).sort()).toEqual(runIds.sort());
    expect(receiver.requests).toHaveLength(2 * count);
    expect(new Set(receiver.requests.map(({ path }) => path)).size).toBe(2 * count);
  });

  it('change nothing about a cancellation: within a second nothing runs after it', async (test) => {
    const workflowId = await user.createWorkflow(mail(receiver.url));
    receiver.hold();
    const [runId = ''] = await user.executeMany(workflowId, 1);
    await eventually(() => receiver.requests.length === 1, { timeoutMs: PATIENCE_MS });
    await user.must(202, 'POST', `/runs/${runId}/cancel`);
    const startedAt = performance.now();
    const run = await eventually(
      async () => {
        const { body } = await user.must(200, 'GET', `/runs/${runId}`);
        return body.completed_at !== null && body;
      },
      { timeoutMs: PATIENCE_MS },
    );
    const ms = Math.round(performance.now() - startedAt);
    note(test, { 'ms to the cancellation': ms, 'promised, in ms': 1_000 });
    expect(ms).toBeLessThan(promised(1_000));
    expect(run).toMatchObject({ status: 'cancelled' });
    expect(proxy.published.get('run.cancel')).toBe(1);
    receiver.release();
    expect(mails.received).toEqual([]);
  });
});
