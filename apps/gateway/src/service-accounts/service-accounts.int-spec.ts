import { randomUUID } from 'node:crypto';
import { newId, OneTimeTokenPurpose, ProofMethod } from '@app/contracts';
import { issueOneTimeToken } from '@app/database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definition, webhookDefinition } from '../../../../test/gateway/definitions.js';
import { auditOf } from '../../../../test/gateway/people.js';
import { PlayedEngine } from '../../../../test/gateway/played-engine.js';
import { TestGateway, type Answer, type TestUser } from '../../../../test/gateway/test-gateway.js';
import { SessionsService } from '../auth/sessions/sessions.service.js';

let gateway: TestGateway;
let owner: TestUser;

beforeAll(async () => {
  gateway = await TestGateway.start();
  owner = await gateway.signUp();
});
afterAll(() => gateway.stop());

interface Machine {
  id: string;
  keyId: string;
  call(method: 'GET' | 'POST', path: string, payload?: object): Promise<Answer>;
}

async function machine(
  of: TestUser = owner,
  scopes = ['profile:read', 'secrets:read', 'secrets:write'],
): Promise<Machine> {
  const { id } = (await of.call('POST', '/service-accounts', { name: 'Robot' })).body;
  const made = await of.call('POST', `/service-accounts/${id}/keys`, { name: 'CI', scopes });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const headers = { authorization: `Bearer ${made.body.key}` };
  return {
    id,
    keyId: made.body.id,
    call: (method, path, payload) =>
      gateway.request({ method, url: `/api/v1${path}`, headers, ...(payload !== undefined && { payload }) }),
  };
}

describe('a service account', () => {
  it('acts as itself, with things of its own', async () => {
    const robot = await machine();
    const me = await robot.call('GET', '/auth/me');
    expect(me).toMatchObject({ status: 200, body: { id: robot.id, name: 'Robot', roles: ['user'] } });
    expect(me.body.email).toMatch(/\.invalid$/);
    expect((await robot.call('POST', '/secrets', { name: 'its_own', value: 'x' })).status).toBe(201);
    expect((await owner.call('GET', '/secrets')).body).toMatchObject({ data: [], total: 0 });
  });

  it('is seen, changed and ended by its owner alone', async () => {
    const { body, headers } = await owner.call('POST', '/service-accounts', { name: 'Robot' });
    expect(headers['etag']).toBe('"1"');
    expect(Object.keys(body).sort()).toEqual(['created_at', 'id', 'is_active', 'name', 'updated_at', 'version']);
    const path = `/service-accounts/${body.id}`;
    const stranger = await gateway.signUp();
    const calls: [string, string, unknown?][] = [
      ['GET', path],
      ['PATCH', path, { name: 'Mine' }],
      ['DELETE', path],
      ['GET', `${path}/keys`],
      ['POST', `${path}/keys`, { name: 'Mine', scopes: ['runs:read'] }],
      ['DELETE', `${path}/keys/${newId()}`],
    ];
    for (const call of calls) expect((await stranger.call(...call)).status, call.join(' ')).toBe(404);
    expect((await stranger.call('GET', '/service-accounts')).body).toMatchObject({ data: [], total: 0 });
    expect((await owner.call('GET', path)).body).toEqual(body);
    const renamed = await owner.call('PATCH', path, { name: 'Android' }, { 'if-match': '"1"' });
    expect(renamed).toMatchObject({ status: 200, body: { name: 'Android', is_active: true, version: 2 } });
    expect((await owner.call('DELETE', path, undefined, { 'if-match': '"1"' })).status).toBe(412);
    expect((await owner.call('DELETE', path)).status).toBe(204);
    for (const method of ['GET', 'DELETE']) expect((await owner.call(method, path)).status).toBe(404);
  });

  it('comes in pages, the newest first', async () => {
    const other = await gateway.signUp();
    const made: string[] = [];
    for (const name of ['a', 'b', 'c']) made.push((await other.call('POST', '/service-accounts', { name })).body.id);
    const first = await other.call('GET', '/service-accounts?limit=2');
    expect(first.body).toMatchObject({ total: 3, data: [{ id: made[2] }, { id: made[1] }] });
    const second = await other.call('GET', `/service-accounts?limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body.data).toMatchObject([{ id: made[0] }]);
  });

  it.each([
    ['POST', { name: '' }, 'name'],
    ['POST', { name: 'Robot', roles: ['admin'] }, 'roles'],
    ['PATCH', { name: 'Robot', is_active: true }, 'is_active'],
    ['PATCH', { name: 'Robot', owner_id: newId() }, 'owner_id'],
  ])('is refused: %s %j', async (method, body, field) => {
    const path = method === 'POST' ? '/service-accounts' : `/service-accounts/${newId()}`;
    expect(await owner.call(method, path, body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  it('is one of a hundred of a person at most', async () => {
    const person = await gateway.signUp();
    await gateway.pool.query(
      `INSERT INTO users (id, kind, owner_id, email, name)
       SELECT gen_random_uuid(), 'service', $1::uuid, $1 || '.' || n || '@service-accounts.invalid', 'CI'
         FROM generate_series(1, 100) AS n`,
      [person.id],
    );
    const more = await person.call('POST', '/service-accounts', { name: 'CI' });
    expect(more).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  });

  it('cannot sign in: its address answers like one that nobody has, and no session starts', async () => {
    const robot = await machine();
    const { email } = (await robot.call('GET', '/auth/me')).body;
    // Even if somebody managed to give it a password.
    await gateway.pool.query('UPDATE users SET password = (SELECT password FROM users WHERE id = $1) WHERE id = $2', [
      owner.id,
      robot.id,
    ]);
    const password = 'correct horse battery staple';
    const login = (address: string) =>
      gateway.request({ method: 'POST', url: '/api/v1/auth/login', payload: { email: address, password } });
    const [its, nobodys] = [await login(email), await login(`${randomUUID()}@service-accounts.invalid`)];
    expect(its.status).toBe(401);
    expect({ ...its.body, request_id: 'any' }).toEqual({ ...nobodys.body, request_id: 'any' });
    const device = { ipAddress: '127.0.0.1', userAgent: undefined };
    const start = gateway.app.get(SessionsService).start({ userId: robot.id, method: ProofMethod.Password, device });
    await expect(start).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });
});

describe('the keys of a service account', () => {
  it('are listed and revoked by the owner', async () => {
    const robot = await machine();
    const path = `/service-accounts/${robot.id}/keys`;
    expect((await owner.call('GET', path)).body).toMatchObject({ total: 1, data: [{ id: robot.keyId }] });
    expect((await owner.call('GET', `/api-keys/${robot.keyId}`)).status).toBe(404);
    expect((await owner.call('DELETE', `${path}/${robot.keyId}`)).status).toBe(204);
    expect((await robot.call('GET', '/auth/me')).status).toBe(401);
    expect((await owner.call('GET', path)).body).toMatchObject({ total: 0, data: [] });
  });

  it('are refused while an administrator has switched the account off, which its owner cannot undo', async () => {
    const robot = await machine();
    expect((await robot.call('GET', '/auth/me')).status).toBe(200);
    const admin = await gateway.signUp();
    await gateway.pool.query(`UPDATE users SET roles = '{user,admin}' WHERE id = $1`, [admin.id]);
    const login = { email: (await admin.call('GET', '/auth/me')).body.email, password: 'correct horse battery staple' };
    const { tokens } = (await gateway.request({ method: 'POST', url: '/api/v1/auth/login', payload: login })).body;
    const switchedOff = await gateway.request({
      method: 'PATCH',
      url: `/api/v1/users/${robot.id}`,
      headers: { authorization: `Bearer ${tokens.access_token}` },
      payload: { is_active: false },
    });
    expect(switchedOff.status, JSON.stringify(switchedOff.body)).toBe(200);
    expect((await robot.call('GET', '/auth/me')).status).toBe(401);
    expect((await owner.call('GET', `/service-accounts/${robot.id}`)).body).toMatchObject({ is_active: false });
  });

  it('are refused from the end of the account on', async () => {
    const robot = await machine();
    expect((await robot.call('GET', '/auth/me')).status).toBe(200);
    await owner.call('DELETE', `/service-accounts/${robot.id}`);
    expect((await robot.call('GET', '/auth/me')).status).toBe(401);
  });

  it('leave no run behind that goes on after the end of the account', async () => {
    const robot = await machine(owner, ['workflows:write', 'workflows:execute']);
    const { id } = (await robot.call('POST', '/workflows', definition())).body;
    const { run_id: run } = (await robot.call('POST', `/workflows/${id}/execute`, {})).body;
    await owner.call('DELETE', `/service-accounts/${robot.id}`);
    expect(await new PlayedEngine(gateway.pool, run).claim()).toMatchObject({ is_cancelled: true });
  });

  it('do not outlive the arrival of whose address a stranger made the owning account with, nor do triggers', async () => {
    const stranger = await gateway.signUp();
    const robot = await machine(stranger, ['profile:read', 'workflows:write']);
    const made = [stranger, robot].map((by) => by.call('POST', '/workflows', webhookDefinition()));
    const hooks: string[] = (await Promise.all(made)).map(({ body }) => body.id);
    for (const [index, by] of [stranger, robot].entries()) {
      expect((await by.call('POST', `/workflows/${hooks[index]}/activate`)).status).toBe(200);
    }
    const run = (await stranger.call('POST', `/workflows/${hooks[0]}/execute`, {})).body.run_id;
    expect((await robot.call('GET', '/auth/me')).status).toBe(200);
    const { email } = (await stranger.call('GET', '/auth/me')).body;
    const reset = {
      purpose: OneTimeTokenPurpose.PasswordReset,
      userId: stranger.id,
      payload: { email },
      ttlMs: 60_000,
    };
    const token = await issueOneTimeToken(gateway.pool, reset);
    const payload = { token, password: 'incorrect mule generator paperclip' };
    const url = '/api/v1/auth/password/reset';
    expect((await gateway.request({ method: 'POST', url, payload })).status).toBe(200);
    expect((await robot.call('GET', '/auth/me')).status).toBe(401);
    const { rows } = await gateway.pool.query('SELECT status FROM workflows WHERE id = ANY ($1)', [hooks]);
    expect(rows).toEqual([{ status: 'inactive' }, { status: 'inactive' }]);
    expect(await new PlayedEngine(gateway.pool, run).claim()).toMatchObject({ is_cancelled: true });
    const trail = await auditOf(gateway, stranger.id);
    expect(trail).toContainEqual(
      expect.objectContaining({ action: 'workflow.deactivated', details: { workflows: 2 } }),
    );
  });

  it('make no keys, accounts or machines', async () => {
    const robot = await machine();
    for (const path of ['/api-keys', '/service-accounts', `/service-accounts/${robot.id}/keys`]) {
      expect((await robot.call('POST', path, { name: 'x', scopes: ['runs:read'] })).status).toBe(403);
    }
  });
});

describe('the audit trail', () => {
  it('says who made, changed and ended the account', async () => {
    const robot = await machine();
    await owner.call('PATCH', `/service-accounts/${robot.id}`, { name: 'Android' });
    await owner.call('DELETE', `/service-accounts/${robot.id}`);
    const { rows } = await gateway.pool.query('SELECT * FROM audit_events WHERE subject_id = ANY ($1) ORDER BY id', [
      [robot.id, robot.keyId],
    ]);
    for (const row of rows) expect(row).toMatchObject({ actor_kind: 'user', actor_id: owner.id, outcome: 'success' });
    expect(rows).toMatchObject([
      { action: 'service_account.created', after: { name: 'Robot' } },
      { action: 'api_key.created', after: { user_id: robot.id } },
      { action: 'service_account.renamed', before: { name: 'Robot' }, after: { name: 'Android' } },
      { action: 'service_account.deleted', before: { name: 'Android' } },
      { action: 'api_key.revoked', subject_id: robot.keyId },
    ]);
  });
});
