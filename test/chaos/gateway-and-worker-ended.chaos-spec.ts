import {
  eventually,
  testDatabase,
  TestMailServer,
  testRedis,
  type TestDatabase,
  type TestService,
  sized,
} from '@app/testing';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiUser } from './support/api-user.js';
import { mail, puts } from './support/definitions.js';
import { note } from './support/figures.js';
import { Platform } from './support/platform.js';
import { chance } from './support/chance.js';
import { Receiver } from './support/receiver.js';

const PATIENCE_MS = 60_000;
const WAITS_MS = 500;

let database: TestDatabase;
let platform: Platform;
let gateway: TestService;
let user: ApiUser;
let receiver: Receiver;
let mails: TestMailServer;
/** Whether the mail server takes what it gets; otherwise it keeps its clients waiting. */
let takesMails = true;

beforeAll(async () => {
  database = await testDatabase();
  mails = await TestMailServer.start({ onMail: (_mail, done) => takesMails && done() });
  const env = { SMTP_URL: mails.url };
  platform = new Platform({ databaseUrl: database.url, redisUrl: (await testRedis()).url, env });
  [gateway] = await Promise.all([platform.spawn('gateway'), platform.spawn('workflow')]);
  user = await platform.signUp();
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
  await database.drop();
});

describe('a worker that is killed between taking a mail and finishing it', () => {
  it('leaves the job in doubt; the step sends the mail again with its Message-ID', async (test) => {
    const count = sized({ ci: 5, full: 50 });
    const worker = await platform.spawn('worker', { WORKER_COUNT: String(count) });
    const workflowId = await user.createWorkflow(mail(receiver.url));
    takesMails = false;
    const runIds = await user.executeMany(workflowId, count);
    await eventually(() => mails.received.length === count, { timeoutMs: PATIENCE_MS });
    await worker.kill();
    takesMails = true;
    await platform.spawn('worker');
    const ms = await platform.runs.completed(workflowId, count, PATIENCE_MS);

    const { rows: jobs } = await platform.runs.pool.query(
      'SELECT status, count(*)::int FROM jobs GROUP BY status ORDER BY status',
    );
    const sent = mails.received.map(({ messageId }) => messageId);
    note(test, { mails: count, 'jobs in doubt': jobs[0]?.count, 'ms from the kill to the last completion': ms });
    expect(jobs).toEqual([
      { status: 'in_doubt', count },
      { status: 'succeeded', count },
    ]);
    expect(sent).toHaveLength(2 * count);
    expect(new Set(sent).size).toBe(count);
    expect(new Set(sent.map((id) => id.split('.')[0]))).toEqual(new Set(runIds));
    expect(receiver.requests).toHaveLength(2 * count);
  });
});

describe('a gateway that is told to end', () => {
  it('answers the requests under way, takes no new ones, and prints no error', async () => {
    const workflowId = await user.createWorkflow(puts(1, receiver.url));
    const url = `${gateway.url}/api/v1/workflows/${workflowId}/execute`;
    const finish = await startedRequest(url, user.headers);
    const ended = gateway.stop();
    await eventually(async () => !(await gateway.isReady()), { timeoutMs: PATIENCE_MS, everyMs: 10 });
    // A process that did not wait for the request would be gone by then, or have cut it off.
    expect(await Promise.race([ended, sleep(WAITS_MS, 'it waits')])).toBe('it waits');
    const { status, body } = await finish('{"input":{}}');

    expect(status).toBe(202);
    expect(await ended).toBe(0);
    expect(gateway.logs()).not.toMatch(/"level":"(warn|error|fatal)"/);
    await platform.runs.completed(workflowId, 1, PATIENCE_MS);
    expect(receiver.requests.map(({ path }) => path)).toEqual([`/${JSON.parse(body).run_id}/put1`]);
  });
});

describe('a gateway that is killed right after it accepted runs', () => {
  it('has promised them: they exist and complete', async (test) => {
    const count = sized({ ci: 40, full: 400 });
    gateway = await platform.spawn('gateway');
    const workflowId = await user.createWorkflow(puts(1, receiver.url));
    // Nothing can be committed for a while: nothing may be promised either.
    const blocker = await platform.runs.pool.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE claims IN SHARE MODE');
    const answersBeforeTheKill = chance('answers')(5, count / 2);
    const promisedRuns: string[] = [];
    const attempts = Array.from({ length: count }, async () => {
      promisedRuns.push(await user.execute(workflowId));
      // Of the others some are on their way, some being committed, some not yet read.
      if (promisedRuns.length === answersBeforeTheKill) await gateway.kill();
    });
    await eventually(async () => (await platform.runs.number(waitingForALockSql)) > 0, { timeoutMs: PATIENCE_MS });
    expect(promisedRuns).toEqual([]);
    await blocker.query('ROLLBACK');
    blocker.release();
    await Promise.allSettled(attempts);
    await platform.runs.allFinished(PATIENCE_MS);

    const { completed = 0 } = await platform.runs.count(workflowId);
    note(test, { requests: count, 'answered before the kill': promisedRuns.length, 'runs completed': completed });
    const called = receiver.requests.map(({ path }) => path.split('/')[1]);
    expect(called).toEqual(expect.arrayContaining(promisedRuns));
    expect(new Set(called).size).toBe(called.length);
    expect(completed).toBe(called.length);
  });
});

const waitingForALockSql = `
  SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
    AND query LIKE '%needs_active%'`;

interface FinishedRequest {
  status: number | undefined;
  body: string;
}

/** A POST whose head the server has read; it gets the body when the returned function is called. */
async function startedRequest(
  url: string,
  headers: Record<string, string>,
): Promise<(body: string) => Promise<FinishedRequest>> {
  const framing = { 'content-type': 'application/json', 'transfer-encoding': 'chunked', expect: '100-continue' };
  const sent = request(url, { method: 'POST', headers: { ...headers, ...framing } });
  sent.flushHeaders();
  await once(sent, 'continue');
  return async (content) => {
    sent.end(content);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    let body = '';
    for await (const chunk of response) body += String(chunk);
    return { status: response.statusCode, body };
  };
}
