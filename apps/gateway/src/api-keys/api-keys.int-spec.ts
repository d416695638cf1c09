import { newId } from '@app/contracts';
import { hashToken, newApiKey } from '@app/security';
import { eventually } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type Answer, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
});
afterAll(() => gateway.stop());

interface Created {
  id: string;
  key: string;
  prefix: string;
}

async function create(by: TestUser, body: object = {}): Promise<Created> {
  const answer = await by.call('POST', '/api-keys', { name: 'CI', scopes: ['profile:read'], ...body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
}

function as(key: string, path = '/auth/me', method: 'GET' | 'POST' = 'GET'): Promise<Answer> {
  return gateway.request({ method, url: `/api/v1${path}`, headers: { authorization: `Bearer ${key}` } });
}

describe('an API key', () => {
  it('is shown once, kept as a hash, and lets its program in', async () => {
    const answer = await user.call('POST', '/api-keys', { name: 'CI', scopes: ['profile:read', 'runs:read'] });
    expect(answer).toMatchObject({ status: 201, headers: { etag: '"1"' } });
    const { key, ...shown } = answer.body;
    expect(shown).toMatchObject({ name: 'CI', scopes: ['profile:read', 'runs:read'], last_used_at: null, version: 1 });
    expect(key.startsWith(shown.prefix)).toBe(true);
    const days = (Date.parse(shown.expires_at) - Date.parse(shown.created_at)) / 86_400_000;
    expect(days).toBeCloseTo(90, 2);
    expect((await as(key)).body).toMatchObject({ id: user.id });
    expect((await user.call('GET', `/api-keys/${shown.id}`)).body).toMatchObject({
      id: shown.id,
      prefix: shown.prefix,
    });
    const seen = [await user.call('GET', '/api-keys'), await user.call('GET', `/api-keys/${shown.id}`)];
    const { rows } = await gateway.pool.query('SELECT * FROM api_keys WHERE id = $1', [shown.id]);
    expect(rows[0].key_hash).toBe(hashToken(key));
    expect(JSON.stringify([seen, rows])).not.toContain(key.slice(13));
  });

  it('opens the routes of its scopes and no others', async () => {
    const { key } = await create(user, { scopes: ['workflows:read'] });
    expect((await as(key, '/workflows')).status).toBe(200);
    expect(await as(key, '/runs')).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect(await as(key, '/workflows', 'POST')).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });

  it('opens nothing that is for people: it makes no keys and ends no sessions', async () => {
    const { key } = await create(user, { scopes: ['profile:read', 'secrets:write'] });
    for (const path of ['/api-keys', '/auth/sessions', '/service-accounts']) {
      expect(await as(key, path)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    }
    expect((await as(key, '/api-keys', 'POST')).status).toBe(403);
  });

  it('of an administrator is not one', async () => {
    const admin = await gateway.signUp();
    await gateway.pool.query(`UPDATE users SET roles = '{user,admin}' WHERE id = $1`, [admin.id]);
    const { key } = await create(admin);
    expect(await as(key, '/users')).not.toMatchObject({ status: 200 });
  });

  it('is renamed by one who saw its newest version, when they say so', async () => {
    const { id } = await create(user);
    const rename = (name: string) => user.call('PATCH', `/api-keys/${id}`, { name }, { 'if-match': '"1"' });
    const answers = await Promise.all([rename('Nightly'), rename('Weekly')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect(await user.call('GET', `/api-keys/${id}`)).toMatchObject({ headers: { etag: '"2"' }, body: { version: 2 } });
    expect(await user.call('GET', `/api-keys/${id}`, undefined, { 'if-none-match': '"2"' })).toMatchObject({
      status: 304,
    });
  });

  it('is revoked for good', async () => {
    const { id, key } = await create(user);
    expect((await as(key)).status).toBe(200);
    expect((await user.call('DELETE', `/api-keys/${id}`, undefined, { 'if-match': '"7"' })).status).toBe(412);
    expect((await as(key)).status).toBe(200);
    expect((await user.call('DELETE', `/api-keys/${id}`)).status).toBe(204);
    expect((await as(key)).status).toBe(401);
    for (const method of ['GET', 'DELETE']) expect((await user.call(method, `/api-keys/${id}`)).status).toBe(404);
    expect((await user.call('PATCH', `/api-keys/${id}`, { name: 'x' })).status).toBe(404);
    const { body } = await user.call('GET', '/api-keys?limit=100');
    expect(body.data.map((each: Created) => each.id)).not.toContain(id);
  });

  it('of somebody else does not exist', async () => {
    const { id, key } = await create(user);
    const stranger = await gateway.signUp();
    expect((await stranger.call('GET', `/api-keys/${id}`)).status).toBe(404);
    expect((await stranger.call('PATCH', `/api-keys/${id}`, { name: 'Mine' })).status).toBe(404);
    expect((await stranger.call('DELETE', `/api-keys/${id}`)).status).toBe(404);
    expect((await stranger.call('GET', '/api-keys')).body).toMatchObject({ data: [], total: 0 });
    expect((await as(key)).status).toBe(200);
  });

  it('comes in pages, the newest first', async () => {
    const other = await gateway.signUp();
    const made = [await create(other), await create(other), await create(other)].map(({ id }) => id);
    const first = await other.call('GET', '/api-keys?limit=2');
    expect(first.body).toMatchObject({ total: 3, data: [{ id: made[2] }, { id: made[1] }] });
    const second = await other.call('GET', `/api-keys?limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body.data).toMatchObject([{ id: made[0] }]);
  });

  it.each([
    [{ scopes: [] }, 'scopes'],
    [{ scopes: ['everything'] }, 'scopes'],
    [{ scopes: ['runs:read', 'runs:read'] }, 'scopes'],
    [{ scopes: 'runs:read' }, 'scopes'],
    [{ name: '' }, 'name'],
    [{ expires_in_days: 0 }, 'expires_in_days'],
    [{ expires_in_days: 366 }, 'expires_in_days'],
    [{ expires_in_days: 1.5 }, 'expires_in_days'],
    [{ key: 'bio_mine' }, 'key'],
  ])('is refused with %j', async (change, field) => {
    const refused = await user.call('POST', '/api-keys', { name: 'CI', scopes: ['runs:read'], ...change });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  it('is one of a hundred at most', async () => {
    const keeper = await gateway.signUp();
    await gateway.pool.query(
      `INSERT INTO api_keys (id, user_id, name, prefix, key_hash, scopes, expires_at)
       SELECT gen_random_uuid(), $1::uuid, 'CI', 'bio_aaaaaaaa', $1::uuid || ':' || n, '{runs:read}', now() + interval '1 day'
         FROM generate_series(1, 100) AS n`,
      [keeper.id],
    );
    const more = await keeper.call('POST', '/api-keys', { name: 'CI', scopes: ['runs:read'] });
    expect(more).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    await gateway.pool.query('UPDATE api_keys SET expires_at = now() WHERE user_id = $1', [keeper.id]);
    expect((await create(keeper)).prefix).toMatch(/^bio_/);
  });

  it('says to the minute when it was used last', async () => {
    const { id, key } = await create(user);
    const lastUse = async () => (await user.call('GET', `/api-keys/${id}`)).body.last_used_at;
    expect(await lastUse()).toBeNull();
    await as(key);
    const first = await eventually(async () => (await lastUse()) ?? undefined);
    expect(Math.abs(Date.now() - Date.parse(first))).toBeLessThan(60_000);
    expect(await user.call('GET', `/api-keys/${id}`)).toMatchObject({ body: { version: 1 } });
  });
});

describe('a credential that is not good', () => {
  it('is refused in one and the same way, whatever is wrong with it', async () => {
    const [expired, revoked] = [await create(user), await create(user)];
    await gateway.pool.query('UPDATE api_keys SET expires_at = now() WHERE id = $1', [expired.id]);
    await user.call('DELETE', `/api-keys/${revoked.id}`);
    const deactivated = await gateway.signUp();
    const [ofDeactivated, ofDeleted] = [await create(deactivated), await create(await gateway.signUp())];
    await gateway.pool.query('UPDATE users SET is_active = false WHERE id = $1', [deactivated.id]);
    await gateway.pool.query(
      'UPDATE users SET deleted_at = now() WHERE id = (SELECT user_id FROM api_keys WHERE id = $1)',
      [ofDeleted.id],
    );
    const unknown = newApiKey().key;
    const refused = [expired.key, revoked.key, ofDeactivated.key, ofDeleted.key, unknown, 'bio_', `${unknown}x`, 'x'];
    const answers = await Promise.all(refused.map((key) => as(key)));
    const seen = answers.map(({ status, headers, body }) =>
      JSON.stringify([status, headers['www-authenticate'], { ...body, request_id: 'any' }]),
    );
    expect(answers[0]).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(new Set(seen).size).toBe(1);
  });

  it('is a key nowhere but in the header', async () => {
    const { key } = await create(user);
    const headers: Record<string, string>[] = [{ 'x-api-key': key }, { authorization: key }, { cookie: `key=${key}` }];
    for (const sent of headers) {
      expect((await gateway.request({ method: 'GET', url: '/api/v1/auth/me', headers: sent })).status).toBe(401);
    }
    expect((await gateway.request({ method: 'GET', url: `/api/v1/auth/me?api_key=${key}` })).status).toBe(401);
  });
});

describe('the audit trail', () => {
  it('says who made, renamed and revoked a key, and holds neither key nor hash', async () => {
    const auditor = await gateway.signUp();
    const { id, key, prefix } = await create(auditor);
    await auditor.call('PATCH', `/api-keys/${id}`, { name: 'Nightly' });
    await auditor.call('DELETE', `/api-keys/${id}`);
    const { rows } = await gateway.pool.query('SELECT * FROM audit_events WHERE subject_id = $1 ORDER BY id', [id]);
    const by = { actor_kind: 'user', actor_id: auditor.id, subject_type: 'api_key', ip_address: '127.0.0.1' };
    expect(rows).toMatchObject([
      {
        action: 'api_key.created',
        ...by,
        after: { user_id: auditor.id, name: 'CI', prefix, scopes: ['profile:read'] },
      },
      { action: 'api_key.renamed', ...by, before: { name: 'CI' }, after: { name: 'Nightly' } },
      { action: 'api_key.revoked', ...by, before: { name: 'Nightly', prefix } },
    ]);
    expect(JSON.stringify(rows)).not.toContain(key.slice(13));
    expect(JSON.stringify(rows)).not.toContain(hashToken(key));
  });

  it('says nothing when nothing was changed', async () => {
    const count = async () => (await gateway.pool.query('SELECT count(*) FROM audit_events')).rows;
    const { id } = await create(user);
    const before = await count();
    await user.call('DELETE', `/api-keys/${newId()}`);
    await user.call('DELETE', `/api-keys/${id}`, undefined, { 'if-match': '"9"' });
    expect(await count()).toEqual(before);
  });
});
