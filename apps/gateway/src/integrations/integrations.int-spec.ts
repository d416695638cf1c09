import { KeyRing, openCredentials } from '@app/security';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type TestUser } from '../../../../test/gateway/test-gateway.js';
import { MOST_INTEGRATIONS } from './integrations.sql.js';

let gateway: TestGateway;
let user: TestUser;

const github = { type: 'github', name: 'GitHub', credentials: { token: 'ghp_open.sesame' } };

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
});
afterAll(() => gateway.stop());

async function kept(id: string): Promise<{ credentials: string | null; credentials_version: number; row: string }> {
  const { rows } = await gateway.pool.query(
    'SELECT credentials, credentials_version, i::text AS row FROM integrations i WHERE id = $1',
    [id],
  );
  return rows[0];
}

async function made(by: TestUser, body: object = github): Promise<string> {
  const created = await by.call('POST', '/integrations', body);
  expect(created.status).toBe(201);
  return created.body.id;
}

describe('an integration', () => {
  it('is kept, and its credentials are never shown again, anywhere', async () => {
    const created = await user.call('POST', '/integrations', github);
    const { id } = created.body;
    expect(created).toMatchObject({
      status: 201,
      headers: { etag: '"1"' },
      body: { type: 'github', config: { base_url: 'https://api.github.com', limit: null }, status: 'active' },
    });
    const read = await user.call('GET', `/integrations/${id}`);
    expect(read.body).toEqual(created.body);
    const body = { name: 'Ours', config: { limit: { max: 5, per_ms: 1_000 } }, credentials: { token: 'ghp_second' } };
    const replaced = await user.call('PUT', `/integrations/${id}`, body, { 'if-match': '"1"' });
    expect(replaced).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { name: 'Ours', config: { base_url: 'https://api.github.com', limit: { max: 5, per_ms: 1_000 } } },
    });
    const listed = await user.call('GET', '/integrations');
    const { rows: audit } = await gateway.pool.query('SELECT * FROM audit_events WHERE subject_id = $1', [id]);
    expect(audit.map(({ action }) => action)).toEqual(['integration.created', 'integration.updated']);
    const { credentials, credentials_version: version, row } = await kept(id);
    const exported = await user.call('GET', '/users/me/export');
    expect(exported.status).toBe(200);
    expect(JSON.stringify([created, read, replaced, listed, audit, row, exported])).not.toMatch(/ghp_|sesame/);
    expect(JSON.stringify(listed)).not.toContain('credentials');
    const owner = { userId: user.id, integrationId: id, version };
    expect(openCredentials(gateway.app.get(KeyRing), owner, String(credentials))).toEqual({ token: 'ghp_second' });
  });

  it('keeps its credentials when it is replaced without any, and has others the moment it is given some', async () => {
    const id = await made(user);
    const before = await kept(id);
    await user.call('PUT', `/integrations/${id}`, { name: 'Renamed' });
    expect(await kept(id)).toMatchObject({ credentials: before.credentials, credentials_version: 1 });
    await user.call('PUT', `/integrations/${id}`, { name: 'Renamed', credentials: github.credentials });
    const after = await kept(id);
    expect(after.credentials_version).toBe(2);
    const owner = { userId: user.id, integrationId: id, version: 2 };
    expect(() => openCredentials(gateway.app.get(KeyRing), owner, String(before.credentials))).toThrow('decrypt');
  });

  it('does not send credentials that it has to where they did not go before', async () => {
    const id = await made(user, {
      type: 'http',
      name: 'API',
      config: { base_url: 'https://example.com/v1' },
      credentials: { token: 'x' },
    });
    const put = (base_url: string, more = {}) =>
      user.call('PUT', `/integrations/${id}`, { name: 'API', config: { base_url }, ...more });
    expect(await put('https://example.org/v1')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'credentials', message: expect.stringContaining('another origin') }] },
    });
    expect((await put('https://example.com/v2')).status).toBe(200);
    expect((await put('https://example.org/v1', { credentials: { token: 'y' } })).status).toBe(200);
  });

  it('has each field of the type checked, by its name', async () => {
    const errorsOf = async (body: object): Promise<string[]> => {
      const refused = await user.call('POST', '/integrations', { name: 'a', credentials: {}, ...body });
      expect(refused.status).toBe(400);
      return refused.body.errors.map(({ field }: { field: string }) => field);
    };
    expect(await errorsOf({ type: 'github' })).toEqual(['credentials.token']);
    expect(await errorsOf({ type: 'github', credentials: { token: 'a b' } })).toEqual(['credentials.token']);
    expect(await errorsOf({ type: 'slack', credentials: { token: 'a' } })).toEqual([
      'credentials.token',
      'credentials.bot_token',
    ]);
    expect(await errorsOf({ type: 'google' })).toEqual(['credentials.api_key', 'credentials.access_token']);
    expect(await errorsOf({ type: 'google', credentials: { api_key: 'a', access_token: 'b' } })).toEqual([
      'credentials.api_key',
    ]);
    expect(await errorsOf({ type: 'http', credentials: { token: 'a' } })).toEqual(['config.base_url']);
    const limit = (value: unknown) => errorsOf({ ...github, config: { limit: value } });
    expect(await limit({ max: 0, per_ms: 1_000 })).toEqual(['config.limit.max']);
    expect(await limit({ max: 1 })).toEqual(['config.limit.per_ms']);
    expect(await limit(5)).toEqual(['config.limit']);
    expect(await errorsOf({ ...github, config: { base_url: 'https://u:p@example.com' } })).toEqual(['config.base_url']);
    expect(await errorsOf({ ...github, config: { base_url: 'http://169.254.169.254/' } })).toEqual(['config.base_url']);
    expect(await errorsOf({ ...github, config: { baseUrl: 'https://example.com' } })).toEqual(['config.baseUrl']);
    expect(await errorsOf({ ...github, credentials: 'ghp' })).toEqual(['credentials']);
    expect(await errorsOf({ ...github, type: 'gitlab' })).toEqual(['type']);
    expect(await errorsOf({ ...github, status: 'error' })).toEqual(['status']);
    expect(await errorsOf({ ...github, note: 'x' })).toEqual(['note']);
  });

  it('is written only by those who saw its newest version, when they say so', async () => {
    const id = await made(user);
    const put = (name: string) => user.call('PUT', `/integrations/${id}`, { name }, { 'if-match': '"1"' });
    expect((await Promise.all([put('b'), put('c')])).map(({ status }) => status).sort()).toEqual([200, 412]);
    const stale = await user.call('DELETE', `/integrations/${id}`, undefined, { 'if-match': '"1"' });
    expect(stale.status).toBe(412);
  });

  it('is out of sight once it is deleted, and its credentials are gone', async () => {
    const id = await made(user);
    expect((await user.call('DELETE', `/integrations/${id}`)).status).toBe(204);
    expect((await kept(id)).credentials).toBeNull();
    expect((await user.call('GET', `/integrations/${id}`)).status).toBe(404);
    expect((await user.call('PUT', `/integrations/${id}`, { name: 'x' })).status).toBe(404);
    expect((await user.call('DELETE', `/integrations/${id}`)).status).toBe(404);
    const { body } = await user.call('GET', '/integrations?limit=100');
    expect(body.data.map((one: { id: string }) => one.id)).not.toContain(id);
  });

  it('of somebody else does not exist', async () => {
    const id = await made(user);
    const stranger = await gateway.signUp();
    const answers = await Promise.all([
      stranger.call('GET', `/integrations/${id}`),
      stranger.call('PUT', `/integrations/${id}`, { name: 'x' }),
      stranger.call('DELETE', `/integrations/${id}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await stranger.call('GET', '/integrations')).body).toMatchObject({ data: [], total: 0 });
  });

  it('comes in pages, of a type and in a status', async () => {
    const other = await gateway.signUp();
    const slack = { type: 'slack', name: 'Slack', credentials: { bot_token: 'xoxb-1' } };
    for (const body of [github, slack, { ...github, status: 'inactive' }, github]) await made(other, body);
    const list = async (query: string) => (await other.call('GET', `/integrations?${query}`)).body;
    expect(await list('type=github')).toMatchObject({ total: 3 });
    expect(await list('type=github&status=active')).toMatchObject({ total: 2 });
    expect(await list('status=inactive')).toMatchObject({ total: 1, data: [{ type: 'github' }] });
    const first = await list('type=github&limit=2');
    expect(first.data).toHaveLength(2);
    const second = await list(`type=github&limit=2&cursor=${first.next_cursor}`);
    expect(second.data).toHaveLength(1);
    expect(new Set([...first.data, ...second.data].map(({ id }) => id)).size).toBe(3);
    expect((await other.call('GET', '/integrations?type=x')).status).toBe(400);
  });

  it('is one of a bounded number', async () => {
    const other = await gateway.signUp();
    await gateway.pool.query(
      `INSERT INTO integrations (id, user_id, type, name) SELECT gen_random_uuid(), $1, 'slack', 'n' FROM generate_series(1, $2)`,
      [other.id, MOST_INTEGRATIONS],
    );
    expect((await other.call('POST', '/integrations', github)).status).toBe(409);
  });
});

describe('GET /integrations/types', () => {
  it('says what each type needs: its example is valid, for its schemas and for POST /integrations', async () => {
    const { types } = (await user.call('GET', '/integrations/types')).body;
    expect(types.map(({ type }: { type: string }) => type)).toEqual(
      'google github slack stripe notion airtable survey captcha http'.split(' '),
    );
    const ajv = new Ajv2020({ strictTypes: false, strictRequired: false });
    for (const { type, example, config_schema, credentials_schema } of types) {
      expect(ajv.validate(config_schema, example.config), type).toBe(true);
      expect(ajv.validate(credentials_schema, example.credentials), type).toBe(true);
      expect(ajv.validate(credentials_schema, {}), type).toBe(false);
      await made(user, example);
    }
    const notion = types.find(({ type }: { type: string }) => type === 'notion');
    expect(notion.config_schema.properties).toMatchObject({
      base_url: { default: 'https://api.notion.com' },
      limit: { default: { max: 3, per_ms: 1_000 } },
    });
  });
});
