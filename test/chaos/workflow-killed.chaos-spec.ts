import { eventually, testDatabase, testRedis, type TestDatabase, type TestService, sized } from '@app/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApiUser } from './support/api-user.js';
import { post, puts } from './support/definitions.js';
import { note } from './support/figures.js';
import { Platform } from './support/platform.js';
import { chance } from './support/chance.js';
import { promised } from './support/promised.js';
import { Receiver } from './support/receiver.js';

const STEPS = 3;
const DELAY_MS = 150;
const PATIENCE_MS = 60_000;

let database: TestDatabase;
let platform: Platform;
let user: ApiUser;
let receiver: Receiver;

beforeAll(async () => {
  database = await testDatabase();
  platform = new Platform({ databaseUrl: database.url, redisUrl: (await testRedis()).url });
  await platform.spawn('gateway');
  user = await platform.signUp();
});

afterEach(async () => {
  await receiver.stop();
});

afterAll(async () => {
  await platform.stop();
  await database.drop();
});

/** Holds the receiver until so many runs are under way, each in a call of its first step. */
async function underWay(workflowId: string, count: number): Promise<string[]> {
  receiver.hold();
  const runIds = await user.executeMany(workflowId, count);
  await eventually(() => receiver.requests.length === count, { timeoutMs: PATIENCE_MS });
  return runIds;
}

describe('a workflow process that is killed with runs under way', () => {
  let victim: TestService;
  let survivor: TestService;

  beforeAll(async () => {
    victim = await platform.spawn('workflow');
  });

  it('loses no run: another one completes them, and repeats a keyed call with its key', async (test) => {
    const count = sized({ ci: 60, full: 200 });
    receiver = await Receiver.start(DELAY_MS);
    const workflowId = await user.createWorkflow(puts(STEPS, receiver.url));
    await underWay(workflowId, count);
    survivor = await platform.spawn('workflow');

    receiver.release();
    const requestsAtKill = chance('keyed')(count + 1, STEPS * count - count / 2);
    await eventually(() => receiver.requests.length >= requestsAtKill, { timeoutMs: PATIENCE_MS, everyMs: 2 });
    const held = await platform.runs.heldBy(victim.pid);
    await victim.kill();
    const ms = await platform.runs.completed(workflowId, count, promised(15_000));

    const calls = [...receiver.byPath().values()];
    const twice = calls.filter(({ length }) => length === 2);
    note(test, {
      'runs under way': count,
      'of these held by the killed process': held,
      'requests before the kill': requestsAtKill,
      'requests seen twice': twice.length,
      'ms from the kill to the last completion': ms,
      'promised, in ms': 15_000,
    });
    expect(held).toBeGreaterThan(0);
    expect(twice.length).toBeGreaterThan(0);
    expect(await platform.runs.count(workflowId)).toEqual({ completed: count });
    expect(calls).toHaveLength(STEPS * count);
    expect(calls.filter(({ length }) => length > 2)).toEqual([]);
    for (const call of calls) expect(new Set(call.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(new Set(receiver.requests.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(STEPS * count);
  });

  it('repeats no unsafe call: those in flight are in doubt, until a person resolves them', async (test) => {
    const count = 50;
    receiver = await Receiver.start();
    const workflowId = await user.createWorkflow(post(receiver.url));
    const runIds = await underWay(workflowId, count);
    const answered = chance('unsafe')(10, 30);
    receiver.answer(answered);
    await platform.runs.completed(workflowId, answered, PATIENCE_MS);
    await survivor.kill();
    receiver.release();
    await platform.spawn('workflow');

    const inFlight = count - answered;
    const doubtful = await eventually(
      async () => {
        const found = await platform.runs.inDoubt(workflowId);
        return found.length === inFlight && found;
      },
      { timeoutMs: PATIENCE_MS },
    );
    expect(await platform.runs.count(workflowId)).toEqual({ completed: answered, waiting: inFlight });
    expect([...receiver.byPath().values()].filter(({ length }) => length > 1)).toEqual([]);
    for (const runId of doubtful) {
      const { body } = await user.must(200, 'GET', `/runs/${runId}/steps`);
      expect(body.data).toMatchObject([{ path: 'order', status: 'in_doubt', attempt: 1 }]);
    }

    const resolutions = [
      { outcome: 'succeeded', output: { by: 'hand' } },
      { outcome: 'retry' },
      { outcome: 'failed', error: { message: 'It never arrived.' } },
    ];
    const resolutionOf = (runId: string) => resolutions[doubtful.indexOf(runId) % resolutions.length]!;
    for (const runId of doubtful) {
      await user.must(202, 'POST', `/runs/${runId}/steps/order/resolve`, resolutionOf(runId));
    }
    await platform.runs.allFinished(PATIENCE_MS);

    for (const runId of doubtful) {
      const { body: run } = await user.must(200, 'GET', `/runs/${runId}`);
      const sent = receiver.byPath().get(`/${runId}/order`)!;
      switch (resolutionOf(runId).outcome) {
        case 'succeeded':
          expect(run).toMatchObject({ status: 'completed', output: { by: 'hand' } });
          expect(sent).toHaveLength(1);
          break;
        case 'retry':
          expect(run).toMatchObject({ status: 'completed', output: { status: 200 } });
          expect(sent).toHaveLength(2);
          expect(sent[1]!.idempotencyKey).toBe(sent[0]!.idempotencyKey);
          break;
        default:
          expect(run).toMatchObject({ status: 'failed', error: { code: 'RESOLVED_AS_FAILED', step_id: 'order' } });
          expect(sent).toHaveLength(1);
      }
    }
    note(test, {
      runs: runIds.length,
      'completed before the kill': answered,
      'in doubt after the kill': doubtful.length,
      'requests repeated without being told to': 0,
      'resolved as succeeded, retried and failed': [0, 1, 2]
        .map((kind) => doubtful.filter((_, index) => index % 3 === kind).length)
        .join(', '),
    });
  });
});
