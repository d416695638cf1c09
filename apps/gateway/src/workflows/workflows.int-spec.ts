import jsonPatch from 'fast-json-patch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definition, webhookDefinition } from '../../../../test/gateway/definitions.js';
import { TestGateway, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
});
afterAll(() => gateway.stop());

async function create(content = definition()): Promise<{ id: string; revision: number; hook_url?: string }> {
  const { status, body } = await user.call('POST', '/workflows', content);
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

describe('a workflow', () => {
  it('is saved as inactive, version 1, and read back with its ETag', async () => {
    const created = await create();
    const { status, headers, body } = await user.call('GET', `/workflows/${created.id}`);
    expect(status).toBe(200);
    expect(headers['etag']).toBe('"1"');
    expect(body).toMatchObject({
      name: 'Greeting',
      description: '',
      status: 'inactive',
      version: 1,
      config: {},
      steps: [{ id: 'greet' }],
    });
    expect(body).not.toHaveProperty('hook_url');
    const again = await user.call('GET', `/workflows/${created.id}`, undefined, { 'if-none-match': '"1"' });
    expect(again).toMatchObject({ status: 304, body: '' });
  });

  it('names every mistake of a definition by its path', async () => {
    const wrong = definition({ name: '', steps: [{ id: 'UP', type: 'nothing', config: {} }] });
    const refused = await user.call('POST', '/workflows', wrong);
    expect(refused).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    const fields = refused.body.errors.map(({ field }: { field: string }) => field);
    expect(fields).toEqual(expect.arrayContaining(['name', 'steps[0].id', 'steps[0].type']));
    const checked = await user.call('POST', '/workflows/validate', wrong);
    expect(checked).toMatchObject({ status: 200, body: { valid: false, errors: refused.body.errors } });
    expect((await user.call('POST', '/workflows/validate', definition())).body).toEqual({ valid: true, errors: [] });
    expect((await user.call('POST', '/workflows/validate')).body.valid).toBe(false);
    const reserved = { ...definition(), config: { constructor: 1 } };
    const mistakes = [{ field: 'config.constructor', message: expect.stringContaining('keeps for itself') }];
    expect((await user.call('POST', '/workflows/validate', reserved)).body.errors).toEqual(
      expect.arrayContaining(mistakes),
    );
    expect((await user.call('POST', '/workflows', reserved)).body.errors).toEqual(mistakes);
  });

  it('takes a workflow of the same owner for config.on_failure, and no other', async () => {
    const [{ id }, { id: other }] = [await create(), await create()];
    const foreign = (await (await gateway.signUp()).call('POST', '/workflows', definition())).body.id;
    const handled = (workflow_id: string) => definition({ config: { on_failure: { workflow_id, mail: true } } });
    const field = 'config.on_failure.workflow_id';
    expect((await user.call('PUT', `/workflows/${id}`, handled(other))).status).toBe(200);
    for (const wrong of [foreign, '01890000-0000-7000-8000-000000000000']) {
      const answers = [
        await user.call('POST', '/workflows', handled(wrong)),
        await user.call('PUT', `/workflows/${id}`, handled(wrong)),
        await user.call('PATCH', `/workflows/${id}`, { config: { on_failure: { workflow_id: wrong } } }),
      ];
      for (const { status, body } of answers) expect([status, body.errors[0].field]).toEqual([400, field]);
      const { body } = await user.call('POST', '/workflows/validate', handled(wrong));
      expect(body).toMatchObject({ valid: false, errors: [{ field }] });
    }
    const itself = await user.call('PUT', `/workflows/${id}`, handled(id));
    expect(itself.body.errors).toEqual([{ field, message: expect.stringContaining('itself') }]);
  });

  it('takes an integration of the same owner for the credential of a step, and no other', async () => {
    const body = { type: 'github', name: 'GitHub', credentials: { token: 'ghp_1' } };
    const integration = async (by: TestUser): Promise<string> => (await by.call('POST', '/integrations', body)).body.id;
    const [own, deleted] = [await integration(user), await integration(user)];
    await user.call('DELETE', `/integrations/${deleted}`);
    const foreign = await integration(await gateway.signUp());
    const { id } = await create();
    const config = (credential: string) => ({ method: 'GET', url: 'https://api.github.com/', credential });
    const stepsWith = (credential: string) => {
      const probe = { request: config(credential), expression: 'true' };
      return [{ id: 'call', type: 'http.request', config: config(credential), probe }];
    };
    const calling = (credential: string) => definition({ steps: stepsWith(credential) });
    expect((await user.call('PUT', `/workflows/${id}`, calling(own))).status).toBe(200);
    const errors = ['config', 'probe.request'].map((place) => ({
      field: `steps[0].${place}.credential`,
      message: expect.stringContaining('create it first'),
    }));
    for (const wrong of [foreign, deleted, '01890000-0000-7000-8000-000000000000']) {
      const answers = [
        await user.call('POST', '/workflows', calling(wrong)),
        await user.call('PUT', `/workflows/${id}`, calling(wrong)),
        await user.call('PATCH', `/workflows/${id}`, { steps: stepsWith(wrong) }),
      ];
      for (const answer of answers) expect(answer).toMatchObject({ status: 400, body: { errors } });
      const { body: checked } = await user.call('POST', '/workflows/validate', calling(wrong));
      expect(checked).toEqual({ valid: false, errors });
    }
  });

  it.each([
    ['an unknown field', { ...definition(), status: 'active' }, 'status'],
    ['no body at all', undefined, 'name'],
    ['steps that are no list', definition({ steps: 'none' }), 'steps'],
  ])('is refused with %s', async (_, body, field) => {
    const refused = await user.call('POST', '/workflows', body);
    expect(refused).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(refused.body.errors).toContainEqual(expect.objectContaining({ field }));
  });

  it('is refused with a character that PostgreSQL cannot keep', async () => {
    const refused = await user.call('POST', '/workflows', definition({ description: 'a\0b' }));
    expect(refused).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
  });

  it('keeps its runs as long as retention_days says', async () => {
    const { id } = await create(definition({ config: { retention_days: 0 } }));
    const { rows } = await gateway.pool.query('SELECT retention FROM workflows WHERE id = $1', [id]);
    expect(rows).toEqual([{ retention: 0 }]);
  });
});

describe('a change', () => {
  it('compares its versions: as a patch that makes one of the other, and by steps', async () => {
    const step = (id: string, expression: string) => ({ id, type: 'transform', config: { expression } });
    const before = definition({ steps: [step('a', '1'), step('b', '2')] });
    const after = definition({ name: 'Other', steps: [step('b', '3'), step('c', '4')], config: { retention_days: 7 } });
    const { id } = (await user.call('POST', '/workflows', before)).body;
    await user.call('PUT', `/workflows/${id}`, after);
    const compare = (from: number, to: number) => user.call('GET', `/workflows/${id}/versions/${from}/compare/${to}`);
    const { status, body } = await compare(1, 2);
    expect(status).toBe(200);
    const named = (of: string) => ({ id: of, type: 'transform', name: of });
    expect(body).toMatchObject({ workflow_id: id, from: 1, to: 2 });
    expect(body.steps).toEqual({ added: [named('c')], removed: [named('a')], changed: [named('b')] });
    const content = { config: {}, description: '', ...before };
    expect(jsonPatch.applyPatch(content, body.patch, true).newDocument).toEqual({ description: '', ...after });
    expect((await compare(2, 2)).body).toMatchObject({ patch: [], steps: { added: [], removed: [], changed: [] } });
    expect((await compare(1, 3)).status).toBe(404);
    expect((await compare(3, 1)).status).toBe(404);
  });

  it('makes a new version and leaves the earlier one as it was', async () => {
    const { id } = await create();
    const replaced = await user.call('PUT', `/workflows/${id}`, definition({ name: 'Second' }));
    expect(replaced).toMatchObject({ status: 200, body: { version: 2, name: 'Second' } });
    const patched = await user.call('PATCH', `/workflows/${id}`, { description: 'Third' });
    expect(patched.body).toMatchObject({ version: 3, name: 'Second', description: 'Third' });
    const versions = await user.call('GET', `/workflows/${id}/versions?limit=2`);
    expect(versions.body).toMatchObject({ total: 3, data: [{ version: 3 }, { version: 2 }] });
    const next = await user.call('GET', `/workflows/${id}/versions?limit=2&cursor=${versions.body.next_cursor}`);
    expect(next.body.data).toEqual([expect.objectContaining({ version: 1, name: 'Greeting' })]);
    const first = await user.call('GET', `/workflows/${id}/versions/1`);
    expect(first.body).toMatchObject({ version: 1, name: 'Greeting', steps: [{ id: 'greet' }] });
    const restored = await user.call('POST', `/workflows/${id}/versions/1/restore`);
    expect(restored).toMatchObject({ status: 200, body: { version: 4, name: 'Greeting', description: '' } });
    for (const version of ['9', 'one', '1.5']) {
      expect((await user.call('GET', `/workflows/${id}/versions/${version}`)).status).toBe(404);
    }
  });

  it('is refused with 412 when the client has an older version, also two at once', async () => {
    const { id } = await create();
    const put = (name: string) => user.call('PUT', `/workflows/${id}`, definition({ name }), { 'if-match': '"1"' });
    const answers = await Promise.all([put('a'), put('b'), put('c')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    const removed = await user.call('DELETE', `/workflows/${id}`, undefined, { 'if-match': '"1"' });
    expect(removed).toMatchObject({ status: 412, body: { code: 'PRECONDITION_FAILED' } });
    expect((await user.call('GET', `/workflows/${id}`)).body.version).toBe(2);
  });

  it('of the status changes the ETag and makes no version', async () => {
    const { id } = await create();
    const active = await user.call('POST', `/workflows/${id}/activate`);
    expect(active).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: { status: 'active', version: 1 } });
    const cached = await user.call('GET', `/workflows/${id}`, undefined, { 'if-none-match': '"1"' });
    expect(cached).toMatchObject({ status: 200, body: { status: 'active' } });
    expect((await user.call('POST', `/workflows/${id}/activate`)).headers['etag']).toBe('"2"');
    expect((await user.call('POST', `/workflows/${id}/deactivate`)).body.status).toBe('inactive');
  });
});

describe('activating', () => {
  it('needs the secret that deliveries are verified with', async () => {
    const { id } = await create(webhookDefinition({ verify: { type: 'bearer', secret: 'hook_key' } }));
    const refused = await user.call('POST', `/workflows/${id}/activate`);
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('hook_key') } });
    await user.call('POST', '/secrets', { name: 'hook_key', value: 'x' });
    expect((await user.call('POST', `/workflows/${id}/activate`)).status).toBe(200);
  });
});

describe('a webhook workflow', () => {
  it('shows one address for life, and only while webhooks start it', async () => {
    const { id, hook_url } = await create(webhookDefinition());
    expect(hook_url).toMatch(/^https:\/\/platform\.test\/hooks\/[\w-]{43}$/);
    const manual = await user.call('PUT', `/workflows/${id}`, definition());
    expect(manual.body).not.toHaveProperty('hook_url');
    const again = await user.call('PUT', `/workflows/${id}`, webhookDefinition());
    expect(again.body.hook_url).toBe(hook_url);
    const { body } = await user.call('GET', '/workflows?trigger_type=webhook');
    expect(body.data).toContainEqual(expect.objectContaining({ id, hook_url }));
  });
});

describe('the list', () => {
  it('pages by number and by cursor, filters, and shows nothing of others', async () => {
    const other = await gateway.signUp();
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.unshift((await other.call('POST', '/workflows', definition())).body.id);
    await other.call('POST', `/workflows/${ids[0]}/activate`);
    const first = await other.call('GET', '/workflows?limit=2');
    expect(first.body).toMatchObject({ page: 1, limit: 2, total: 5 });
    expect(first.body.data.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
    expect(first.body.data[0]).not.toHaveProperty('steps');
    const second = await other.call('GET', `/workflows?limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body.data.map(({ id }: { id: string }) => id)).toEqual(ids.slice(2, 4));
    expect(second.body).not.toHaveProperty('total');
    const last = await other.call('GET', '/workflows?limit=2&page=3');
    expect(last.body.data.map(({ id }: { id: string }) => id)).toEqual(ids.slice(4));
    expect(last.body).not.toHaveProperty('next_cursor');
    const active = await other.call('GET', '/workflows?status=active');
    expect(active.body).toMatchObject({ total: 1, data: [{ id: ids[0] }] });
  });

  it.each(['page=0', 'limit=101', 'status=broken', 'colour=red', 'cursor=abc', 'cursor=WyJ4Il0'])(
    'refuses ?%s',
    async (query) => {
      expect((await user.call('GET', `/workflows?${query}`)).status).toBe(400);
    },
  );
});

describe("somebody else's workflow", () => {
  it('does not exist', async () => {
    const { id } = await create();
    const stranger = await gateway.signUp();
    const calls: [string, string, unknown?][] = [
      ['GET', ''],
      ['PUT', '', definition()],
      ['PATCH', '', { name: 'mine' }],
      ['DELETE', ''],
      ['POST', '/activate'],
      ['POST', '/deactivate'],
      ['GET', '/versions'],
      ['GET', '/versions/1'],
      ['GET', '/versions/1/compare/1'],
      ['POST', '/versions/1/restore'],
      ['POST', '/execute', {}],
      ['GET', '/status'],
      ['GET', '/runs'],
    ];
    for (const [method, path, body] of calls) {
      const answer = await stranger.call(method, `/workflows/${id}${path}`, body);
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 404, 'NOT_FOUND']);
    }
    expect((await user.call('GET', `/workflows/${id}`)).body).toMatchObject({ version: 1, status: 'inactive' });
  });
});

describe('deleting', () => {
  it('takes the workflow out of sight and stops its hook, but keeps its runs', async () => {
    const { id, hook_url } = await create(webhookDefinition());
    await user.call('POST', `/workflows/${id}/activate`);
    const { body } = await user.call('POST', `/workflows/${id}/execute`);
    expect((await user.call('DELETE', `/workflows/${id}`)).status).toBe(204);
    expect((await user.call('GET', `/workflows/${id}`)).status).toBe(404);
    expect((await user.call('DELETE', `/workflows/${id}`)).status).toBe(404);
    expect((await gateway.request({ method: 'POST', url: new URL(hook_url!).pathname })).status).toBe(404);
    expect((await user.call('POST', `/workflows/${id}/execute`)).status).toBe(404);
    expect((await user.call('GET', `/runs/${body.run_id}`)).status).toBe(200);
    const { rows } = await gateway.pool.query('SELECT cancel_requested_at FROM claims WHERE workflow_id = $1', [id]);
    expect(rows).toEqual([{ cancel_requested_at: null }]);
  });

  it('with cancel=true asks for the cancellation of what is unfinished', async () => {
    const { id } = await create();
    for (let i = 0; i < 3; i += 1) await user.call('POST', `/workflows/${id}/execute`);
    expect((await user.call('DELETE', `/workflows/${id}?cancel=true`)).status).toBe(204);
    const { rows } = await gateway.pool.query(
      'SELECT cancel_requested_at IS NOT NULL AS asked, woken FROM claims WHERE workflow_id = $1',
      [id],
    );
    expect(rows).toEqual(Array.from({ length: 3 }, () => ({ asked: true, woken: true })));
  });
});

it('GET /step-types gives the schema of a definition and of each step type', async () => {
  const { status, body } = await user.call('GET', '/step-types');
  expect(status).toBe(200);
  expect(body.definition).toMatchObject({ $id: 'urn:biometrics:workflow-definition', required: expect.any(Array) });
  const types = body.definition.$defs.step.properties.type.enum;
  expect(body.step_types.map(({ type }: { type: string }) => type)).toEqual(types);
  expect(body.step_types[0]).toMatchObject({
    type: 'http.request',
    effects: ['keyed', 'unsafe', 'verifiable'],
    example: { type: 'http.request', config: { method: 'GET' } },
    config_schema: { type: 'object', required: ['method', 'url'], additionalProperties: false },
  });
});
