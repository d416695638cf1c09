import { newId } from '@app/contracts';
import { setMaxListeners } from 'node:events';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TestGateway, type TestUser } from '../../../../test/gateway/test-gateway.js';
import { TaskWaits } from './task-waits.service.js';
import { TasksService } from './tasks.service.js';

let gateway: TestGateway;
let user: TestUser;
let other: TestUser;

beforeAll(async () => {
  gateway = await TestGateway.start();
  [user, other] = await Promise.all([gateway.signUp(), gateway.signUp()]);
});
afterAll(() => gateway.stop());

async function task(queue: string, owner = user): Promise<string> {
  const id = newId();
  const step = { run_id: newId(), path: 'each[0].do', attempt: 1 };
  const payload = { queue, input: { n: 1 }, effect: 'unsafe', idempotency_key: 'run/path', step };
  await gateway.pool.query(`INSERT INTO jobs (id, type, payload, user_id) VALUES ($1, 'external.task', $2, $3)`, [
    id,
    JSON.stringify(payload),
    owner.id,
  ]);
  return id;
}

const poll = async (queue: string, more: object = {}, who = user) =>
  (await who.call('POST', '/tasks/poll', { queues: [queue], ...more })).body.tasks;
const row = async (id: string): Promise<unknown> =>
  (await gateway.pool.query('SELECT status, result FROM jobs WHERE id = $1', [id])).rows[0];

describe('tasks', () => {
  it('go to one program of their owner, once, oldest first, with what it needs', async () => {
    const ids = [await task('order'), await task('order'), await task('order')];
    await task('other-queue');
    const taken = await Promise.all([1, 2, 3, 4].map(() => poll('order')));
    expect(
      taken
        .flat()
        .map(({ id }: { id: string }) => id)
        .toSorted(),
    ).toEqual(ids.toSorted());
    expect(taken.flat()[0]).toMatchObject({
      queue: 'order',
      input: { n: 1 },
      path: 'each[0].do',
      attempt: 1,
      idempotency_key: 'run/path',
      lease: expect.any(String),
    });
    await task('mine');
    expect(await poll('mine', {}, other)).toEqual([]);
  });

  it('can be waited for, with nobody saying that there is one', async () => {
    const waiting = [poll('other', { wait_ms: 600 }), poll('later', { wait_ms: 20_000 })];
    const id = await task('later');
    expect(await Promise.all(waiting)).toMatchObject([[], [{ id }]]);
  });

  it('are waited for by many with the load of one, and each goes to one of them', async () => {
    const [pool, waits] = [gateway.app.get(Pool), gateway.app.get(TaskWaits)];
    const wanted = { queues: ['many'], limit: 1, lease_ms: 60_000, wait_ms: 20_000 };
    const here = new AbortController();
    setMaxListeners(100, here.signal);
    const query = vi.spyOn(pool, 'query');
    const waiting = Array.from({ length: 50 }, () => gateway.app.get(TasksService).poll(user.id, wanted, here.signal));
    const asked = (name: string): number =>
      query.mock.calls.filter(([statement]) => (statement as unknown as { name?: string }).name === name).length;
    await vi.waitUntil(() => asked('poll-tasks') === 50);
    await Promise.all(query.mock.results.map(({ value }) => value as unknown));
    const ids = [await task('many'), await task('many')];
    waits.wake();
    const first = await Promise.race(waiting);
    await vi.waitUntil(async () => ((await row(ids[1]!)) as { status: string }).status === 'running');
    here.abort();
    const taken = (await Promise.all(waiting)).flat().map(({ id }) => id);
    expect(taken.toSorted()).toEqual(ids.toSorted());
    expect(first).toHaveLength(1);
    // Those whose turn it was looked again; a look that was under way may have woken a few more.
    expect(asked('poll-tasks')).toBeLessThan(60);
    query.mockRestore();
  });

  it('are not given to a program that waited and has gone', async () => {
    const service = gateway.app.get(TasksService);
    const program = new AbortController();
    const query = vi.spyOn(service['pool'], 'query');
    const wanted = { queues: ['gone'], limit: 1, lease_ms: 60_000, wait_ms: 20_000 };
    const waiting = service.poll(user.id, wanted, program.signal);
    // It has looked once and found nothing: now it waits.
    await query.mock.results[0]?.value;
    query.mockRestore();
    program.abort();
    const id = await task('gone');
    expect(await waiting).toEqual([]);
    expect(await row(id)).toMatchObject({ status: 'queued' });
  });

  it('go back when the program went while they were taken for it', async () => {
    let looks = 0;
    const gone = {
      get aborted() {
        looks += 1;
        return looks > 1;
      },
    } as AbortSignal;
    const id = await task('late');
    const wanted = { queues: ['late'], limit: 1, lease_ms: 60_000, wait_ms: 0 };
    expect(await gateway.app.get(TasksService).poll(user.id, wanted, gone)).toEqual([]);
    expect(await row(id)).toMatchObject({ status: 'queued' });
    expect(await poll('late')).toMatchObject([{ id }]);
  });

  it('are ended once, under their lease, with an output or a reason', async () => {
    const id = await task('end');
    const [{ lease }] = await poll('end');
    expect((await user.call('POST', `/tasks/${id}/complete`, { lease: newId() })).status).toBe(409);
    expect((await other.call('POST', `/tasks/${id}/complete`, { lease })).status).toBe(404);
    expect((await user.call('POST', `/tasks/${id}/complete`, { lease, output: { ok: 1 } })).status).toBe(202);
    expect(await row(id)).toEqual({ status: 'succeeded', result: { success: true, data: { ok: 1 } } });
    expect((await user.call('POST', `/tasks/${id}/fail`, { lease, message: 'x' })).status).toBe(409);

    const failing = await task('end');
    const [again] = await poll('end');
    const answer = { lease: again.lease, message: 'no stock', retryable: false };
    expect((await user.call('POST', `/tasks/${failing}/fail`, answer)).status).toBe(202);
    const error = { code: 'TASK_FAILED', message: 'no stock', retryable: false };
    expect(await row(failing)).toEqual({ status: 'failed', result: { success: false, error } });
  });

  it('are kept by heartbeats, which tell when nobody wants them any more', async () => {
    const id = await task('beat');
    const [{ lease, lease_until }] = await poll('beat', { lease_ms: 1_000 });
    const beat = await user.call('POST', `/tasks/${id}/heartbeat`, { lease, lease_ms: 60_000 });
    expect(beat).toMatchObject({ status: 200, body: { id, cancelled: false } });
    expect(Date.parse(beat.body.lease_until)).toBeGreaterThan(Date.parse(lease_until));
    await gateway.pool.query('UPDATE jobs SET cancel_requested_at = now() WHERE id = $1', [id]);
    const told = await user.call('POST', `/tasks/${id}/heartbeat`, { lease });
    expect(told.body).toMatchObject({ cancelled: true });
  });

  it('name the field of a mistake', async () => {
    const refused = await user.call('POST', '/tasks/poll', { queues: [], lease_ms: 1 });
    expect(refused.body.errors.map(({ field }: { field: string }) => field)).toEqual(['queues', 'lease_ms']);
  });
});
