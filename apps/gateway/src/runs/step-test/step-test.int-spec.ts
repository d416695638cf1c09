import { newId } from '@app/contracts';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { definition } from '../../../../../test/gateway/definitions.js';
import { PlayedEngine } from '../../../../../test/gateway/played-engine.js';
import { TestGateway, type Answer, type TestUser } from '../../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;
let workflowId: string;
const pure = (id: string) => ({ id, type: 'transform', config: { expression: '1' } });
const send = { id: 'send', type: 'http.request', config: { method: 'POST', url: 'http://x.invalid/{{ item }}' } };
const steps = [pure('list'), { id: 'each', type: 'foreach', config: { items: 'steps.list.output', steps: [send] } }];

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  workflowId = (await user.call('POST', '/workflows', definition({ steps }))).body.id;
});

const test = (body: object, headers?: Record<string, string>): Promise<Answer> =>
  user.call('POST', `/workflows/${workflowId}/test`, body, headers);
const journalOf = async (runId: string) =>
  (await gateway.pool.query('SELECT seq, epoch, entries FROM run_journal WHERE run_id = $1', [runId])).rows;

describe('POST /workflows/:id/test', () => {
  it('accepts a run of one step that begins with what is pinned', async () => {
    await user.call('PATCH', `/workflows/${workflowId}`, { name: 'Newer' });
    const answer = await test({ step: 'send', input: { n: 1 }, outputs: { list: ['a'] }, item: 'a', index: 4 });
    expect(answer).toMatchObject({
      status: 202,
      body: { status: 'pending', effects: [{ step_id: 'send', type: 'http.request', effect: 'unsafe' }] },
    });
    const id = answer.body.run_id;
    expect((await user.call('GET', `/runs/${id}`)).body).toMatchObject({
      trigger: { type: 'test', step: 'send' },
      workflow_version: 2,
      input: { n: 1 },
      status: 'pending',
    });
    const entry = { type: 'step.pinned', path: 'send', outputs: { list: ['a'] }, turns: [{ index: 4, item: 'a' }] };
    expect(await journalOf(id)).toMatchObject([{ seq: 1, epoch: 1, entries: [entry] }]);
    const { rows } = await gateway.pool.query('SELECT epoch, run_at <= now() AS due FROM claims WHERE run_id = $1', [
      id,
    ]);
    expect(rows).toEqual([{ epoch: 1, due: true }]);
    expect((await user.call('GET', `/runs/${id}/steps`)).body.data).toEqual([]);
    expect((await user.call('GET', '/runs?trigger=test')).body.data).toMatchObject([{ id }]);
    const whole = (await test({ step: 'each' })).body.effects;
    expect(whole.map(({ step_id, effect }: { step_id: string; effect: string }) => [step_id, effect])).toEqual([
      ['each', 'pure'],
      ['send', 'unsafe'],
    ]);
  });

  it.each<[string, object, string]>([
    ['no step', {}, 'step'],
    ['an unknown step', { step: 'none' }, 'step'],
    ['a step that is not visible', { step: 'list', outputs: { each: 1 } }, 'outputs.each'],
    ['outputs that are no object', { step: 'list', outputs: [1] }, 'outputs'],
    ['an item outside of a loop', { step: 'list', item: 1 }, 'item'],
    ['an index that is none', { step: 'send', index: -1 }, 'index'],
    ['too many loops', { step: 'send', loops: [{}] }, 'loops'],
    ['an unknown member of a loop', { step: 'send', loops: [{ items: 1 }] }, 'loops[0].items'],
    ['an unknown member', { step: 'list', pinned: {} }, 'pinned'],
  ])('refuses %s', async (_, body, field) => {
    expect(await test(body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  it('is not there for others, nor for a deleted workflow', async () => {
    const stranger = await gateway.signUp();
    const body = { step: 'list' };
    expect((await stranger.call('POST', `/workflows/${workflowId}/test`, body)).status).toBe(404);
    expect((await user.call('POST', `/workflows/${newId()}/test`, body)).status).toBe(404);
    await user.call('DELETE', `/workflows/${workflowId}`);
    expect((await test(body)).status).toBe(404);
  });

  it('starts one run for one Idempotency-Key, also when the gateway was cut off after its commit', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const first = await test({ step: 'list' }, key);
    const cutOff = `UPDATE idempotency_keys SET response_status = NULL, updated_at = '-infinity' WHERE key = $1`;
    await gateway.pool.query(cutOff, [key['idempotency-key']]);
    expect((await test({ step: 'list' }, key)).body).toEqual(first.body);
    expect((await user.call('GET', `/workflows/${workflowId}/runs`)).body.total).toBe(1);
    expect(await journalOf(first.body.run_id)).toHaveLength(1);
  });

  it('makes runs that are never retried', async () => {
    const { body } = await test({ step: 'list' });
    await new PlayedEngine(gateway.pool, body.run_id).finish('failed');
    const refused = { status: 409, body: { detail: expect.stringContaining('test of one step') } };
    expect(await user.call('POST', `/runs/${body.run_id}/retry`, { from: 'start' })).toMatchObject(refused);
    const bulk = { filter: { workflow_id: workflowId }, action: 'retry' };
    expect((await user.call('POST', '/runs/bulk', bulk)).body).toMatchObject({ matched: 0 });
  });

  it('counts for the quota of runs', async () => {
    const poor = await gateway.replica({ QUOTA_RUNS_PER_MINUTE: '1', QUOTA_PARKED_RUNS: '0' });
    const request = {
      method: 'POST' as const,
      url: `/api/v1/workflows/${workflowId}/test`,
      headers: { authorization: user.authorization },
      payload: { step: 'list' },
    };
    expect((await poor.request(request)).status).toBe(202);
    expect(await poor.request(request)).toMatchObject({ status: 429, body: { code: 'QUOTA_EXCEEDED' } });
    await poor.stop();
  });
});
