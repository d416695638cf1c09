import { eventually, testDatabase, testRedis, type TestDatabase, sized } from '@app/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiUser } from './support/api-user.js';
import { post, puts } from './support/definitions.js';
import { note } from './support/figures.js';
import { Platform } from './support/platform.js';
import { Receiver } from './support/receiver.js';

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

beforeEach(async () => {
  receiver = await Receiver.start();
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') process.stdout.write(platform.logs());
  await receiver.stop();
});

afterAll(async () => {
  await platform.stop();
  await database.drop();
});

const resolvedByObservationSql = `
  SELECT count(DISTINCT run_id)::int AS n FROM run_journal WHERE entries::text LIKE '%"by":"observation"%'`;

/** Paths that were called more often than once. */
function repeated(): string[] {
  return [...receiver.byPath()].filter(([, calls]) => calls.length > 1).map(([path]) => path);
}

describe('two workflow replicas', () => {
  it('execute each run once', async (test) => {
    const count = 500;
    const env = { ENGINE_CONCURRENCY: '100' };
    const replicas = await Promise.all([platform.spawn('workflow', env), platform.spawn('workflow', env)]);
    const workflowId = await user.createWorkflow(puts(1, receiver.url));
    // Nothing is answered before both replicas have all the runs they may hold: both take part.
    receiver.hold();
    const runIds = await user.executeMany(workflowId, count);
    await eventually(() => receiver.requests.length === 200, { timeoutMs: PATIENCE_MS });
    const held = await Promise.all(replicas.map(({ pid }) => platform.runs.heldBy(pid)));
    receiver.release();
    const ms = await platform.runs.completed(workflowId, count, PATIENCE_MS);

    note(test, { runs: count, 'held by each replica in the beginning': held.join(' and '), 'ms for the rest': ms });
    expect(held).toEqual([100, 100]);
    expect([...receiver.byPath().keys()].sort()).toEqual(runIds.map((id) => `/${id}/put1`).sort());
    expect(receiver.requests).toHaveLength(count);
    await Promise.all(replicas.map((replica) => replica.stop()));
  });
});

describe('a workflow replica that is told to end', () => {
  it('hands its runs back at once: nobody waits for its lease, nothing is called twice', async (test) => {
    const count = sized({ ci: 60, full: 200 });
    // Whoever waited for this lease would be too late for the deadline below.
    const env = { ENGINE_LEASE_MS: '300000', ENGINE_ABORT_AFTER_MS: '200000' };
    const leaver = await platform.spawn('workflow', env);
    const workflowId = await user.createWorkflow(puts(3, receiver.url));
    receiver.hold();
    await user.executeMany(workflowId, count);
    await eventually(() => receiver.requests.length === count, { timeoutMs: PATIENCE_MS });
    const successor = await platform.spawn('workflow', env);
    expect(await platform.runs.heldBy(leaver.pid)).toBe(count);

    const ended = leaver.stop();
    await eventually(async () => !(await leaver.isReady()), { timeoutMs: PATIENCE_MS, everyMs: 10 });
    // The next step of each run is held: a process that began it could not end before it is killed.
    receiver.answer(count);
    expect(await ended).toBe(0);
    receiver.release();
    const ms = await platform.runs.completed(workflowId, count, PATIENCE_MS);

    note(test, { 'runs under way': count, 'ms from the end of the process to the last completion': ms });
    expect(leaver.logs()).not.toMatch(/"level":"(warn|error|fatal)"/);
    expect(successor.logs()).not.toContain('Freed');
    expect(receiver.requests).toHaveLength(3 * count);
    expect(repeated()).toEqual([]);
    await successor.stop();
  });
});

describe('a workflow replica that is frozen past its lease', () => {
  it('is replaced, writes nothing stale, tells what it saw, and goes on under a new id', async (test) => {
    const count = sized({ ci: 20, full: 100 });
    const frozen = await platform.spawn('workflow');
    const keyed = await user.createWorkflow(puts(2, receiver.url));
    const unsafe = await user.createWorkflow(post(receiver.url));
    receiver.hold();
    await user.executeMany(keyed, count);
    await user.executeMany(unsafe, count);
    await eventually(() => receiver.requests.length === 2 * count, { timeoutMs: PATIENCE_MS });
    expect(await platform.runs.replicasOf(frozen.pid)).toHaveLength(1);

    process.kill(frozen.pid, 'SIGSTOP');
    // The answers wait in the frozen process's sockets.
    receiver.release();
    const other = await platform.spawn('workflow');
    await platform.runs.completed(keyed, count, PATIENCE_MS);
    await eventually(async () => (await platform.runs.inDoubt(unsafe)).length === count, { timeoutMs: PATIENCE_MS });

    process.kill(frozen.pid, 'SIGCONT');
    const ms = await platform.runs.completed(unsafe, count, PATIENCE_MS);
    expect(await platform.runs.staleWrites()).toBe(0);
    expect(repeated().filter((path) => path.endsWith('/order'))).toEqual([]);
    const observed = await platform.runs.number('SELECT count(*)::int AS n FROM effect_ledger');
    // Not one of them was completed by the frozen process's own, late write.
    expect(await platform.runs.number(resolvedByObservationSql)).toBe(count);

    await other.stop();
    const later = await user.createWorkflow(puts(2, receiver.url));
    await user.executeMany(later, count);
    await platform.runs.completed(later, count, PATIENCE_MS);
    const ids = await platform.runs.replicasOf(frozen.pid);
    note(test, {
      'runs under way': 2 * count,
      'calls sent again with their key': repeated().length,
      'outcomes told after the freeze': observed,
      'ms from going on to the last doubt resolved': ms,
    });
    expect(ids.filter(({ isDead }) => isDead).length).toBeGreaterThan(0);
    expect(ids.filter(({ isDead }) => !isDead)).toHaveLength(1);
  });
});
