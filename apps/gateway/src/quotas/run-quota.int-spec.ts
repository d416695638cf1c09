import { newId } from '@app/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definition, webhookDefinition } from '../../../../test/gateway/definitions.js';
import { PlayedEngine } from '../../../../test/gateway/played-engine.js';
import { TestGateway, type Answer, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;

async function workflowOf(user: TestUser, draft = definition()): Promise<{ id: string; hook_url?: string }> {
  const { body } = await user.call('POST', '/workflows', draft);
  return body;
}

function execute(user: TestUser, workflowId: string): Promise<Answer> {
  return user.call('POST', `/workflows/${workflowId}/execute`);
}

describe('a quota of runs a minute', () => {
  beforeAll(async () => {
    gateway = await TestGateway.start({ QUOTA_RUNS_PER_MINUTE: '2', QUOTA_PARKED_RUNS: '0' });
  });
  afterAll(() => gateway.stop());

  it('counts what is started by hand and by hooks, of each account by itself', async () => {
    const [user, other] = [await gateway.signUp(), await gateway.signUp()];
    const { id } = await workflowOf(user);
    const hooked = await workflowOf(user, webhookDefinition());
    await user.call('POST', `/workflows/${hooked.id}/activate`);
    const url = new URL(hooked.hook_url ?? '').pathname;
    expect((await execute(user, id)).status).toBe(202);
    expect((await gateway.request({ method: 'POST', url, payload: {} })).status).toBe(202);
    for (const refused of [await execute(user, id), await gateway.request({ method: 'POST', url, payload: {} })]) {
      expect(refused).toMatchObject({ status: 429, body: { code: 'QUOTA_EXCEEDED' } });
      expect(refused.body.detail).toContain('2 runs a minute');
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect((await execute(other, (await workflowOf(other)).id)).status).toBe(202);
  });

  it('is one for a person and their machines', async () => {
    const user = await gateway.signUp();
    const { id } = await workflowOf(user);
    expect((await execute(user, id)).status).toBe(202);
    expect((await execute(user, id)).status).toBe(202);
    // What a machine starts is accepted for the machine: here it is one that takes over the workflow.
    const machine = newId();
    await gateway.pool.query(
      `INSERT INTO users (id, email, name, kind, owner_id) VALUES ($1, 'quota@x.invalid', 'M', 'service', $2)`,
      [machine, user.id],
    );
    const hooked = await workflowOf(user, webhookDefinition());
    await user.call('POST', `/workflows/${hooked.id}/activate`);
    await gateway.pool.query('UPDATE workflows SET user_id = $2 WHERE id = $1', [hooked.id, machine]);
    const url = new URL(hooked.hook_url ?? '').pathname;
    expect((await gateway.request({ method: 'POST', url, payload: {} })).status).toBe(429);
  });
});

describe('a quota of parked runs', () => {
  beforeAll(async () => {
    gateway = await TestGateway.start({ QUOTA_PARKED_RUNS: '2', QUOTA_RUNS_PER_MINUTE: '0' });
  });
  afterAll(() => gateway.stop());

  it('refuses another run while so many are parked, and no longer', async () => {
    const user = await gateway.signUp();
    const { id } = await workflowOf(user);
    const parked: PlayedEngine[] = [];
    for (let i = 0; i < 2; i++) {
      const { body } = await execute(user, id);
      parked.push(new PlayedEngine(gateway.pool, body.run_id));
    }
    for (const engine of parked) await engine.park();
    const replica = await gateway.replica();
    const { authorization } = user;
    const url = `/api/v1/workflows/${id}/execute`;
    const refused = await replica.request({ method: 'POST', url, headers: { authorization } });
    expect(refused).toMatchObject({
      status: 429,
      headers: { 'retry-after': '1' },
      body: { code: 'QUOTA_EXCEEDED', detail: expect.stringContaining('2 parked runs') },
    });
    await parked[0]?.finish('completed');
    await replica.stop();
    const next = await gateway.replica();
    expect((await next.request({ method: 'POST', url, headers: { authorization } })).status).toBe(202);
    await next.stop();
  });
});
