import { newId } from '@app/contracts';
import { JobQueue } from '@app/messaging';
import {
  TestMailServer,
  TestRedisServer,
  eventually,
  sized,
  spawnService,
  testDatabase,
  type MailBehaviour,
  type TestDatabase,
  type TestService,
} from '@app/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { JobTable } from './job-table.js';

describe('workers', () => {
  let database: TestDatabase;
  let redis: TestRedisServer;
  let table: JobTable;
  let mails: TestMailServer;
  const workers: TestService[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    redis = await TestRedisServer.start();
    table = new JobTable(database.url);
  });

  afterAll(async () => {
    await table.close();
    await redis.stop();
    await database.drop();
  });

  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.kill()));
    await mails.stop();
    await table.clear();
    await redis.flush().catch(() => redis.restart());
  });

  async function receive(behaviour: MailBehaviour = {}): Promise<void> {
    mails = await TestMailServer.start(behaviour);
  }

  async function startWorker(env: Record<string, string> = {}): Promise<TestService> {
    const worker = await spawnService('worker', {
      env: { DATABASE_URL: database.url, REDIS_URL: redis.url, SMTP_URL: mails.url, WORKER_COUNT: '5', ...env },
    });
    workers.push(worker);
    return worker;
  }

  function receivedIds(): string[] {
    return mails.received.map(({ messageId }) => messageId);
  }

  it('do not pop each other’s jobs and drop them: every mail goes out once', async () => {
    await receive();
    await Promise.all([startWorker(), startWorker(), startWorker({ WORKER_EMAIL_ENABLED: 'false' })]);
    const count = sized({ ci: 300, full: 5_000 });
    const ids = await table.addMails(count);
    await table.settle(sized({ ci: 20_000, full: 150_000 }));
    expect(await table.count()).toEqual({ succeeded: count });
    expect(receivedIds().sort()).toEqual(ids.map((id) => `${id}@test`).sort());
  });

  it('send every mail and none twice when Redis is emptied in the middle', async () => {
    await receive({ onMail: (_mail, done) => void setTimeout(done, 20) });
    await Promise.all([startWorker(), startWorker()]);
    await table.addMails(400);
    for (const share of [50, 150, 250]) {
      await eventually(() => mails.received.length >= share, { timeoutMs: 20_000, everyMs: 5 });
      await redis.flush();
    }
    await table.settle(30_000);
    expect(await table.count()).toEqual({ succeeded: 400 });
    expect(mails.received).toHaveLength(400);
    expect(new Set(receivedIds()).size).toBe(400);
  });

  it('lose no job and double none when one is killed between taking and completing', async () => {
    await receive({ onMail: (_mail, done) => void setTimeout(done, 300) });
    const [victim] = await Promise.all([startWorker(), startWorker()]);
    await table.addMails(60);
    await eventually(() => mails.received.length >= 20, { everyMs: 5 });
    await victim.kill();
    await table.settle(30_000);
    const { succeeded = 0, in_doubt = 0, ...others } = await table.count();
    expect(others).toEqual({});
    expect(succeeded + in_doubt).toBe(60);
    expect(in_doubt).toBeGreaterThan(0);
    expect(in_doubt).toBeLessThanOrEqual(5);
    expect(new Set(receivedIds()).size).toBe(receivedIds().length);
  });

  it('honour priorities', async () => {
    await receive();
    const expected: string[] = [];
    for (const priority of [9, 5, 1, 7, 3]) expected[priority] = (await table.addMails(1, { priority }))[0]!;
    await startWorker({ WORKER_COUNT: '1' });
    await table.settle(10_000);
    expect(receivedIds()).toEqual([1, 3, 5, 7, 9].map((priority) => `${expected[priority]}@test`));
  });

  it('start without Redis, go on when it comes, is killed and comes back', async () => {
    await receive();
    await redis.kill();
    const worker = await startWorker();
    expect(await (await fetch(`${worker.url}/ready`)).json()).toMatchObject({ status: 'degraded', redis: 'down' });
    for (let round = 1; round <= 2; round++) {
      await table.addMails(20);
      await sleep(500);
      expect(mails.received).toHaveLength(20 * (round - 1));
      await redis.restart();
      await table.settle(15_000);
      expect(mails.received).toHaveLength(20 * round);
      await eventually(() => worker.isReady());
      await redis.kill();
    }
    await redis.restart();
    expect(await table.count()).toEqual({ succeeded: 40 });
  });

  it('are not moved by messages that are double, late or made up', async () => {
    await receive({ onMail: (_mail, done) => void setTimeout(done, 100) });
    await startWorker();
    const ids = await table.addMails(20);
    const queue = await JobQueue.open('email', redis.config);
    await eventually(() => queue.isUp());
    const strange = [-1, 0, 1, 2, 3].flatMap((epoch) =>
      [...ids, newId()].map((jobId) => ({ jobId, epoch, priority: 1, owner: null })),
    );
    for (let round = 0; round < 5; round++) {
      await queue.add(strange);
      await sleep(100);
    }
    await table.settle(10_000);
    await queue.close();
    expect(await table.count()).toEqual({ succeeded: 20 });
    expect(mails.received).toHaveLength(20);
  });

  it('stop a job whose run was cancelled, with Redis and without', async () => {
    await receive({ onRcptTo: () => undefined });
    await startWorker();
    const [id = ''] = await table.addMails(1, { run_id: newId() });
    await table.becomes(id, 5_000, 'running');
    await redis.kill();
    await table.cancel(id);
    const row = await table.becomes(id, 2_000, 'cancelled');
    expect(row.result?.error?.code).toBe('CANCELLED');
    await redis.restart();
  });

  it('fail a payload that does not validate at once', async () => {
    await receive();
    await startWorker();
    const [id = ''] = await table.addMails(1, { payload: { to: 'nobody', subject: '' } });
    const row = await table.becomes(id, 5_000, 'failed');
    expect(row).toMatchObject({ retries: 0, epoch: 1, result: { success: false, error: { code: 'PAYLOAD_INVALID' } } });
  });

  it('try again what the server does not take for now, by one counter, and give up', async () => {
    let refusals = 0;
    await receive({ onMail: (_mail, done) => done(refusals++ < 2 ? refusal(451) : null) });
    await startWorker({ WORKER_EMAIL_RETRY_DELAY_SECONDS: '200ms', WORKER_EMAIL_MAX_RETRIES: '2' });
    const [good = ''] = await table.addMails(1);
    expect(await table.becomes(good, 10_000, 'succeeded', 'failed')).toMatchObject({ status: 'succeeded', retries: 2 });
    refusals = Number.NEGATIVE_INFINITY;
    const [bad = ''] = await table.addMails(1);
    expect(await table.becomes(bad, 10_000, 'succeeded', 'failed')).toMatchObject({
      status: 'failed',
      retries: 2,
      epoch: 3,
    });
    expect(new Set(receivedIds()).size).toBe(2);
  });

  it('finish what is under way when they are told to end, and hand back what does not end', async () => {
    await receive({
      onRcptTo: (_address, _session, done) => (mails.received.length < 2 ? done() : undefined),
      onMail: (_mail, done) => void setTimeout(done, 1_000),
    });
    const worker = await startWorker({ WORKER_COUNT: '2' });
    const ids = await table.addMails(3);
    await eventually(() => mails.received.length === 2, { everyMs: 5 });
    expect(await worker.stop()).toBe(0);
    expect(worker.logs()).not.toMatch(/"level":(50|"error")/);
    const rows = await Promise.all(ids.map((id) => table.read(id)));
    expect(rows.filter(({ status }) => status === 'succeeded')).toHaveLength(2);
    expect(rows.filter(({ status }) => status === 'queued')).toMatchObject([{ retries: 0 }]);
  });

  it('cannot finish what was taken from them while they were stopped', async () => {
    await receive({ onMail: (_mail, done) => void setTimeout(done, 500) });
    const stale = await startWorker();
    const [id = ''] = await table.addMails(1);
    await eventually(() => mails.received.length === 1, { everyMs: 5 });
    process.kill(stale.pid, 'SIGSTOP');
    await startWorker();
    await table.becomes(id, 15_000, 'in_doubt');
    process.kill(stale.pid, 'SIGCONT');
    await eventually(() => stale.logs().includes('was taken away'));
    expect(await table.read(id)).toMatchObject({ status: 'in_doubt', epoch: 1 });
    expect(mails.received).toHaveLength(1);
    await eventually(() => stale.isReady());
  });

  it('go on when PostgreSQL ends their connections', async () => {
    await receive({ onMail: (_mail, done) => void setTimeout(done, 100) });
    await Promise.all([startWorker(), startWorker()]);
    await table.addMails(100);
    for (const share of [20, 50]) {
      await eventually(() => mails.received.length >= share, { everyMs: 5 });
      await table.endConnections();
    }
    await table.settle(30_000);
    // A claim whose answer got lost is nobody's; it was committed, so it ends in doubt.
    const { succeeded = 0, in_doubt = 0 } = await table.count();
    expect(succeeded + in_doubt).toBe(100);
    expect(in_doubt).toBeLessThanOrEqual(20);
    expect(new Set(receivedIds()).size).toBe(receivedIds().length);
  });
});

function refusal(responseCode: number): Error {
  return Object.assign(new Error('refused'), { responseCode });
}
