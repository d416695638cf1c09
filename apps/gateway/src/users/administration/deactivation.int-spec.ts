import { eventually, TestRedisServer } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definition, webhookDefinition } from '../../../../../test/gateway/definitions.js';
import { signInAgain, signUpAdmin } from '../../../../../test/gateway/people.js';
import { TestGateway, type TestUser } from '../../../../../test/gateway/test-gateway.js';

/** A second is promised; in CI four times as much is asserted. */
const PROMISED = { timeoutMs: 4_000, everyMs: 20 };

let redis: TestRedisServer;
let gateway: TestGateway;
let replica: TestGateway;
let admin: TestUser;

beforeAll(async () => {
  redis = await TestRedisServer.start();
  gateway = await TestGateway.start({ REDIS_URL: redis.url });
  replica = await gateway.replica();
  admin = await signUpAdmin(gateway);
});
afterAll(async () => {
  await replica.stop();
  await gateway.stop();
  await redis.stop();
});

async function statusAtReplica(authorization: string, url = '/api/v1/auth/me'): Promise<number> {
  return (await replica.request({ method: 'GET', url, headers: { authorization } })).status;
}

/** A person with an active hook and an API key, known to the other gateway. */
async function somebody(): Promise<{ user: TestUser; key: string; hook: string; workflowId: string }> {
  const user = await gateway.signUp();
  const { body: workflow } = await user.call('POST', '/workflows', definition());
  const { body: hooked } = await user.call('POST', '/workflows', webhookDefinition());
  await user.call('POST', `/workflows/${hooked.id}/activate`);
  const { body: made } = await user.call('POST', '/api-keys', { name: 'program', scopes: ['profile:read'] });
  const key = `Bearer ${made.key}`;
  for (const authorization of [user.authorization, key]) expect(await statusAtReplica(authorization)).toBe(200);
  return { user, key, hook: new URL(hooked.hook_url).pathname, workflowId: workflow.id };
}

async function expectStopped({ user, key, hook, workflowId }: Awaited<ReturnType<typeof somebody>>): Promise<void> {
  for (const authorization of [user.authorization, key]) {
    await eventually(async () => (await statusAtReplica(authorization)) === 401, PROMISED);
  }
  const delivered = await replica.request({ method: 'POST', url: hook, payload: {} });
  const unknown = await replica.request({ method: 'POST', url: '/hooks/unknown', payload: {} });
  expect([delivered.status, delivered.body.detail]).toEqual([404, unknown.body.detail]);
  const { rows } = await gateway.pool.query(
    'SELECT cancel_requested_at IS NOT NULL AS cancelled FROM claims WHERE workflow_id = $1',
    [workflowId],
  );
  expect(rows).toEqual([{ cancelled: true }]);
}

describe('somebody who is deactivated', () => {
  it('is refused by every gateway within a second, with whatever they have', async () => {
    const person = await somebody();
    await person.user.call('POST', `/workflows/${person.workflowId}/execute`);
    const answer = await admin.call('PATCH', `/users/${person.user.id}`, { is_active: false });
    expect(answer.status).toBe(200);
    await expectStopped(person);
  });

  it('is refused just as soon while Redis is away', async () => {
    const person = await somebody();
    await person.user.call('POST', `/workflows/${person.workflowId}/execute`);
    await redis.kill();
    const answer = await admin.call('PATCH', `/users/${person.user.id}`, { is_active: false });
    expect(answer.status).toBe(200);
    await expectStopped(person);
    await redis.restart();
  });
});

describe('somebody whose role is taken', () => {
  it('does nothing with it on any gateway after a second', async () => {
    const other = await gateway.signUp();
    await admin.call('PATCH', `/users/${other.id}`, { roles: ['user', 'admin'] });
    const promoted = await signInAgain(gateway, other);
    expect(await statusAtReplica(promoted.authorization, '/api/v1/users')).toBe(200);
    await admin.call('PATCH', `/users/${other.id}`, { roles: ['user'] });
    await eventually(async () => (await statusAtReplica(promoted.authorization, '/api/v1/users')) === 401, PROMISED);
    const demoted = await signInAgain(gateway, other);
    expect(await statusAtReplica(demoted.authorization, '/api/v1/users')).toBe(403);
  });
});
