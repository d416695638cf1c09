import { eventually, testDatabase, TestMailServer, TestRedisServer, type TestDatabase, sized } from '@app/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiUser } from './support/api-user.js';
import { mail, puts } from './support/definitions.js';
import { note } from './support/figures.js';
import { Platform } from './support/platform.js';
import { chance } from './support/chance.js';
import { Receiver } from './support/receiver.js';

const PATIENCE_MS = 60_000;

let database: TestDatabase;
let redis: TestRedisServer;
let platform: Platform;
let mails: TestMailServer;
let receiver: Receiver;

beforeAll(async () => {
  database = await testDatabase();
  // Slow enough for jobs to pile up in Redis.
  mails = await TestMailServer.start({ onMail: (_mail, done) => void setTimeout(done, 50) });
  redis = await TestRedisServer.start();
  await redis.kill();
  const env = { SMTP_URL: mails.url };
  platform = new Platform({ databaseUrl: database.url, redisUrl: redis.url, env });
  await Promise.all([platform.spawn('gateway'), platform.spawn('workflow'), platform.spawn('worker')]);
});

beforeEach(async () => {
  receiver = await Receiver.start();
});

afterEach(async () => {
  await receiver.stop();
});

afterAll(async () => {
  await platform.stop();
  await mails.stop();
  await redis.stop();
  await database.drop();
});

const jobsInRedisSql = `SELECT count(*)::int AS n FROM jobs WHERE status = 'queued' AND enqueued_at IS NOT NULL`;

/** Waits until every service says this about Redis. */
async function everybodySees(state: 'up' | 'down'): Promise<void> {
  for (const { url } of platform.services) {
    const report = async (): Promise<{ redis: string }> => (await fetch(`${url}/ready`)).json() as never;
    await eventually(async () => (await report()).redis === state, { timeoutMs: PATIENCE_MS });
  }
}

describe('services that were started without Redis', () => {
  it('go on by themselves when it comes, is killed and comes back: logins, runs and mails', async (test) => {
    const count = sized({ ci: 20, full: 200 });
    const user: ApiUser = await platform.signUp();
    const calls = await user.createWorkflow(puts(3, receiver.url));
    const withMail = await user.createWorkflow(mail(receiver.url));
    const figures: Record<string, number> = {};

    for (const [index, phase] of ['none yet', 'started', 'killed', 'restarted'].entries()) {
      const isUp = index % 2 === 1;
      if (isUp) await redis.restart();
      else if (index > 0) await redis.kill();
      await everybodySees(isUp ? 'up' : 'down');
      await user.login();
      await user.executeMany(withMail, count);
      await user.executeMany(calls, count);
      figures[`Redis ${phase}: ms for ${count} runs`] = await platform.runs.completed(
        calls,
        (index + 1) * count,
        PATIENCE_MS,
      );
      // Jobs travel by Redis: mails wait for it and are not lost.
      if (isUp) await platform.runs.completed(withMail, (index + 1) * count, PATIENCE_MS);
    }
    note(test, { ...figures, mails: mails.received.length });
    expect(await platform.runs.count(calls)).toEqual({ completed: 4 * count });
    expect(await platform.runs.count(withMail)).toEqual({ completed: 4 * count });
    expect(new Set(mails.received.map(({ messageId }) => messageId)).size).toBe(4 * count);
    expect(mails.received).toHaveLength(4 * count);
  });
});

describe('a Redis that is emptied in the middle of runs with mails', () => {
  it('loses no run and doubles no mail', async (test) => {
    const count = sized({ ci: 60, full: 500 });
    const before = mails.received.length;
    const user = await platform.signUp();
    const workflowId = await user.createWorkflow(mail(receiver.url));
    const moment = chance('flush');
    const flushes = [moment(1, count / 4), moment(count / 4, count / 2), moment(count / 2, count - 10)];

    const lost: number[] = [];

    const accepted = user.executeMany(workflowId, count);
    for (const sent of flushes) {
      await eventually(() => mails.received.length - before >= sent, { timeoutMs: PATIENCE_MS, everyMs: 2 });
      lost.push(await platform.runs.number(jobsInRedisSql));
      await redis.flush();
    }
    const runIds = await accepted;
    const ms = await platform.runs.completed(workflowId, count, PATIENCE_MS);

    const sent = mails.received.slice(before).map(({ messageId }) => messageId);
    note(test, {
      runs: count,
      'emptied when so many mails were sent': flushes.join(', '),
      'jobs in Redis just then': lost.join(', '),
      'ms to the end': ms,
    });
    expect(Math.max(...lost)).toBeGreaterThan(0);
    expect(await platform.runs.count(workflowId)).toEqual({ completed: count });
    expect(sent.map((id) => id.split('.')[0]).sort()).toEqual(runIds.sort());
    expect(new Set(receiver.requests.map(({ path }) => path)).size).toBe(2 * count);
    expect(receiver.requests).toHaveLength(2 * count);
  });
});
