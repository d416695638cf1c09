import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { definition } from '../../../../test/gateway/definitions.js';
import { PlayedEngine } from '../../../../test/gateway/played-engine.js';
import { TestGateway, type Answer, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;
let workflowId: string;

beforeAll(async () => (gateway = await TestGateway.start()));
afterAll(() => gateway.stop());
beforeEach(async () => {
  user = await gateway.signUp();
  workflowId = (await user.call('POST', '/workflows', definition())).body.id;
});

async function run(body: object = {}, id = workflowId): Promise<PlayedEngine> {
  return new PlayedEngine(gateway.pool, (await user.call('POST', `/workflows/${id}/execute`, body)).body.run_id);
}
const cancel = (filter: object): Promise<Answer> => user.call('POST', '/runs/bulk', { filter, action: 'cancel' });
const isCancelled = async (engine: PlayedEngine) => (await engine.claim())?.is_cancelled;

describe('POST /runs/bulk', () => {
  it('cancels what the filter leaves and is not over, and says how many', async () => {
    const [tagged, other, over] = [await run({ tags: ['x'] }), await run(), await run({ tags: ['x'] })];
    await over.finish('completed');
    await tagged.park();
    const counts = { action: 'cancel', matched: 1, accepted: 1, skipped: 0, refused: [], more: false };
    expect(await cancel({ tag: 'x' })).toMatchObject({ status: 202, body: counts });
    expect(await tagged.claim()).toMatchObject({ is_cancelled: true, is_due: true, woken: true });
    expect(await isCancelled(other)).toBe(false);
    expect((await cancel({ tag: 'x' })).body).toEqual({ ...counts, accepted: 0, skipped: 1 });
    expect((await cancel({})).body).toEqual({ ...counts, matched: 2, skipped: 1 });
    expect(await isCancelled(other)).toBe(true);
  });

  it('takes each filter of the list', async () => {
    const other = (await user.call('POST', '/workflows', definition())).body.id;
    const engine = await run({ tags: ['x'], correlation_id: 'order-7' });
    for (const filter of [
      { workflow_id: other },
      { status: 'waiting' },
      { trigger: 'webhook' },
      { since: '2120-01-01T00:00:00Z' },
      { until: '2020-01-01T00:00:00Z' },
      { tag: 'y' },
      { correlation_id: 'order-8' },
    ]) {
      expect((await cancel(filter)).body, JSON.stringify(filter)).toMatchObject({ matched: 0, more: false });
    }
    expect(await isCancelled(engine)).toBe(false);
    const all = { workflow_id: workflowId, status: 'pending', trigger: 'manual', tag: 'x', correlation_id: 'order-7' };
    const times = { since: '2020-01-01T00:00:00Z', until: '2120-01-01T00:00:00Z' };
    expect((await cancel({ ...all, ...times })).body).toMatchObject({ accepted: 1 });
  });

  it.each([
    ['no filter', { action: 'cancel' }, 'filter'],
    ['a filter that is none', { filter: 1, action: 'cancel' }, 'filter'],
    ['an unknown filter', { filter: { tags: 'x' }, action: 'cancel' }, 'filter.tags'],
    ['a wrong value', { filter: { status: 'gone' }, action: 'cancel' }, 'filter.status'],
    ['no action', { filter: {} }, 'action'],
    ['an unknown action', { filter: {}, action: 'delete' }, 'action'],
    ['how to retry where nothing is', { filter: {}, action: 'cancel', from: 'start' }, 'from'],
    ['a retry from elsewhere', { filter: {}, action: 'retry', from: 'b' }, 'from'],
    ['a retry of what is under way', { filter: { status: 'running' }, action: 'retry' }, 'filter.status'],
    ['a retry of what has not failed', { filter: { status: 'completed' }, action: 'retry' }, 'from'],
    ['a cursor of another list', { filter: {}, action: 'retry', cursor: 'WyJhIl0' }, 'cursor'],
  ])('refuses %s', async (_, body, field) => {
    const answer = await user.call('POST', '/runs/bulk', body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  it('touches nobody else, and goes as far as 5,000 runs at a time', async () => {
    const engine = await run();
    const stranger = await gateway.signUp();
    expect((await stranger.call('POST', '/runs/bulk', { filter: {}, action: 'cancel' })).body.matched).toBe(0);
    expect(await isCancelled(engine)).toBe(false);
    await gateway.pool.query(
      `WITH run AS (
         INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, trigger)
         SELECT uuidv7(), 30, $1, 1, $2, '{"type":"manual"}' FROM generate_series(1, 5200)
         RETURNING id, retention, workflow_id, version, user_id
       )
       INSERT INTO claims (run_id, retention, workflow_id, version, user_id) SELECT * FROM run`,
      [workflowId, user.id],
    );
    expect((await cancel({})).body).toMatchObject({ matched: 5_000, accepted: 5_000, more: true });
    expect((await cancel({})).body).toMatchObject({ accepted: 201, skipped: 5_000, more: false });
  });
});
