import { newId } from '@app/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, TestUser } from '../gateway/test-gateway.js';
import { WholePlatform } from './whole-platform.js';

const large = { text: 'x'.repeat(99_989) };
const LARGE_SIZE = 100_000;

let platform: WholePlatform;
let user: TestUser;
let workflowId: string;

beforeAll(async () => {
  platform = await WholePlatform.start({ QUOTA_BLOB_BYTES: String(2.5 * LARGE_SIZE) });
});
afterAll(() => platform.stop());

async function begin(steps: object[]): Promise<void> {
  user = await platform.gateway.signUp();
  workflowId = await platform.createWorkflow(user, { steps });
}

const step = (id: string, expression: string): object => ({ id, type: 'transform', config: { expression } });
const execute = (input: unknown): Promise<Answer> => user.call('POST', `/workflows/${workflowId}/execute`, { input });

describe('QUOTA_BLOB_BYTES', () => {
  it('refuses another large input, names itself, and makes room when runs are deleted', async () => {
    await begin([step('a', 'input')]);
    const first = await execute(large);
    expect((await execute(large)).status).toBe(202);
    const refused = await execute(large);
    expect(refused).toMatchObject({ status: 429, body: { code: 'QUOTA_EXCEEDED' } });
    expect(refused.body.detail).toContain('250000 bytes (QUOTA_BLOB_BYTES)');
    expect((await execute({ text: 'small' })).status).toBe(202);
    await platform.becomes(user, first.body.run_id, 'completed');
    await user.call('DELETE', `/runs/${first.body.run_id}`);
    await platform.sweep();
    expect((await execute(large)).status).toBe(202);
  });

  it('counts what a person and their machines keep, and of each account by itself', async () => {
    await begin([step('a', '1')]);
    expect((await execute(large)).status).toBe(202);
    const machine = newId();
    await platform.gateway.pool.query(
      `INSERT INTO users (id, email, name, kind, owner_id) VALUES ($1, $2, 'M', 'service', $3)`,
      [machine, `${machine}@x.invalid`, user.id],
    );
    await expect(
      platform.values.keep({ runId: newId(), userId: machine }, JSON.stringify(large)),
    ).resolves.toBeDefined();
    expect((await execute(large)).status).toBe(429);
    await begin([step('a', '1')]);
    expect((await execute(large)).status).toBe(202);
  });

  it('fails a step whose output has no room, as on_error says', async () => {
    await begin([
      step('a', 'input.text & "a"'),
      { ...step('b', 'input.text & "b"'), on_error: 'continue' },
      step('c', 'steps.b.output.error'),
    ]);
    const { body } = await execute(large);
    const run = await platform.becomes(user, body.run_id, 'completed');
    expect(run.output).toMatchObject({ code: 'BLOB_QUOTA_EXCEEDED', step_id: 'b' });
    expect(run.output.message).toContain('QUOTA_BLOB_BYTES');
  });

  it('fails a container, and a step that would start a run, in the same way', async () => {
    const each = { id: 'e', type: 'foreach', config: { items: '["a", "b"]', steps: [step('t', 'item')] } };
    await begin([each]);
    const child = workflowId;
    const items = '$map([1..4], function($i) { $string($i) & input.text })';
    const loop = { id: 'e', type: 'foreach', config: { items, steps: [step('t', '$substring(item, 0, 60000)')] } };
    const config = { workflow_id: child, input: '{{ input.text & "!" }}' };
    workflowId = await platform.createWorkflow(user, {
      steps: [
        { ...loop, on_error: 'continue' },
        step('big', 'input.text & "."'),
        { id: 'call', type: 'workflow.run', config, on_error: 'continue' },
        step('codes', '[steps.e.output.error.code, steps.call.output.error.code]'),
      ],
    });
    const { body } = await execute(large);
    const run = await platform.becomes(user, body.run_id, 'completed');
    expect(run.output).toEqual(['BLOB_QUOTA_EXCEEDED', 'BLOB_QUOTA_EXCEEDED']);
  });

  it('counts what a retry shares once', async () => {
    await begin([step('a', 'input.text & "!"'), { id: 'bad', type: 'fail', config: { message: 'no' } }]);
    const { body } = await execute(large);
    await platform.becomes(user, body.run_id, 'failed');
    const retried = await user.call('POST', `/runs/${body.run_id}/retry`, { from: 'failed' });
    expect(retried.status).toBe(202);
    await expect(platform.values.assertRoom(user.id, 50_008)).resolves.toBeUndefined();
    await expect(platform.values.assertRoom(user.id, 50_009)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
  });

  it('refuses large events before they are taken over', async () => {
    await begin([step('a', '1')]);
    for (const status of [202, 202, 429]) expect((await execute(large)).status).toBe(status);
    const event = { specversion: '1.0', id: newId(), source: '/t', type: 'made', data: large };
    const headers = { 'content-type': 'application/cloudevents+json' };
    const answer = await user.call('POST', '/events', JSON.stringify(event), headers);
    expect(answer).toMatchObject({ status: 429, body: { code: 'QUOTA_EXCEEDED' } });
  });
});
