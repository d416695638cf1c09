import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definition, webhookDefinition } from '../../../../test/gateway/definitions.js';
import { TestGateway, type Answer, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
  await user.call('POST', '/secrets', { name: 'shared', value: 'the key' });
});
afterAll(() => gateway.stop());

interface Hook {
  id: string;
  path: string;
}

async function open(trigger: object = {}): Promise<Hook> {
  const { body } = await user.call('POST', '/workflows', webhookDefinition(trigger));
  expect((await user.call('POST', `/workflows/${body.id}/activate`)).status).toBe(200);
  return { id: body.id, path: new URL(body.hook_url).pathname };
}

function post(path: string, payload: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  return gateway.request({
    method: 'POST',
    url: path,
    payload,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

async function inputOf(answer: Answer): Promise<Answer['body']> {
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 202 });
  const { body } = await user.call('GET', `/runs/${answer.body.run_id}`);
  expect(body.trigger.type).toBe('webhook');
  return body.input;
}

async function runsOf({ id }: Hook): Promise<number> {
  return (await user.call('GET', `/workflows/${id}/runs`)).body.total;
}

describe('a delivery', () => {
  it('starts a run that is committed, with what was sent', async () => {
    const { path } = await open();
    const answer = await post(`${path}?a=1&a=2&b=x`, '{"action":"opened"}', { 'x-github-event': 'issues' });
    expect(Object.keys(answer.body)).toEqual(['run_id']);
    expect(await inputOf(answer)).toMatchObject({
      method: 'POST',
      query: { a: ['1', '2'], b: 'x' },
      headers: { 'x-github-event': 'issues', 'content-type': 'application/json' },
      body: { action: 'opened' },
    });
  });

  it('that comes with a trace starts a run in it', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { path } = await open();
    const answer = await post(path, '{}', { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
    const { body } = await user.call('GET', `/runs/${answer.body.run_id}`);
    expect(body.trigger.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  });

  it.each([
    ['application/json', '', { body: null }],
    ['application/vnd.api+json; charset=utf-8', '[1]', { body: [1] }],
    ['application/x-www-form-urlencoded', 'a=1&b=2&b=3', { body: { a: '1', b: ['2', '3'] } }],
    ['text/plain', 'grüezi', { body: 'grüezi' }],
    ['application/xml', '<a/>', { body: '<a/>' }],
    ['application/octet-stream', 'raw', { body: null, raw_base64: 'cmF3' }],
    ['text/plain', Buffer.from([0xff, 0]), { body: null, raw_base64: '/wA=' }],
  ])('of %s is taken: %j', async (type, payload, expected) => {
    const { path } = await open();
    const input = await inputOf(await post(path, payload, { 'content-type': type }));
    expect(input).toMatchObject(expected);
    expect('raw_base64' in input).toBe('raw_base64' in expected);
  });

  it.each([
    ['U+0000', '{"a":"\\u0000"}'],
    ['broken JSON', '{"a":'],
    ['nesting without end', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ])('with %s is a 400 and starts nothing', async (_, payload) => {
    const hook = await open();
    expect(await post(hook.path, payload)).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
    expect(await runsOf(hook)).toBe(0);
  });

  it('larger than 1 MiB is a 413', async () => {
    const { path } = await open();
    const answer = await post(path, Buffer.alloc(1_048_577, 'a'), { 'content-type': 'text/plain' });
    expect(answer).toMatchObject({ status: 413, body: { code: 'PAYLOAD_TOO_LARGE' } });
  });

  it('is stored without what proves where it comes from', async () => {
    const { path } = await open();
    const input = await inputOf(
      await post(path, '{}', {
        authorization: 'Bearer a',
        cookie: 'b=c',
        'x-hub-signature-256': 'sha256=d',
        'stripe-signature': 'e',
        'x-gitlab-token': 'f',
        'x-kept': 'g',
      }),
    );
    const names = Object.keys(input.headers);
    expect(names).toContain('x-kept');
    expect(names.filter((name) => /auth|cookie|signature|token/.test(name))).toEqual([]);
  });

  it('that comes twice starts one run', async () => {
    const hook = await open();
    for (const header of ['webhook-id', 'x-github-delivery']) {
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => post(hook.path, '{}', { [header]: `${header}-1` })),
      );
      expect(new Set(answers.map(({ body }) => body.run_id)).size).toBe(1);
      expect((await post(hook.path, '{}', { [header]: `${header}-1` })).body.run_id).toBe(answers[0]?.body.run_id);
    }
    expect(await runsOf(hook)).toBe(2);
    const long = 'x'.repeat(1_000);
    expect((await post(hook.path, '{}', { 'webhook-id': long })).status).toBe(202);
  });
});

describe('a hook', () => {
  it('is closed unless its workflow is there, active and started by webhooks, at once', async () => {
    const hook = await open();
    const status = async () => (await post(hook.path, '{}')).status;
    expect(await status()).toBe(202);
    await user.call('POST', `/workflows/${hook.id}/deactivate`);
    expect(await status()).toBe(404);
    await user.call('POST', `/workflows/${hook.id}/activate`);
    expect(await status()).toBe(202);
    await user.call('PUT', `/workflows/${hook.id}`, definition());
    expect(await status()).toBe(404);
    expect((await post(`/hooks/${'a'.repeat(43)}`, '{}')).status).toBe(404);
    expect((await post(`/api/v1${hook.path}`, '{}')).status).toBe(404);
  });

  it('takes the methods that its workflow names, and says which', async () => {
    const { path } = await open({ methods: ['PUT', 'GET'] });
    expect(await post(path, '{}')).toMatchObject({ status: 405, headers: { allow: 'PUT, GET' } });
    expect(await inputOf(await gateway.request({ method: 'GET', url: `${path}?x=1` }))).toMatchObject({
      method: 'GET',
      query: { x: '1' },
      body: null,
    });
    const { path: usual } = await open();
    expect((await gateway.request({ method: 'GET', url: usual })).status).toBe(405);
  });

  it('of a deactivated owner is closed', async () => {
    const { path } = await open();
    await gateway.pool.query('UPDATE users SET is_active = false WHERE id = $1', [user.id]);
    try {
      expect((await post(path, '{}')).status).toBe(404);
    } finally {
      await gateway.pool.query('UPDATE users SET is_active = true WHERE id = $1', [user.id]);
    }
  });
});

describe('verification', () => {
  const hmac = { type: 'hmac', secret: 'shared', header: 'X-Hub-Signature-256', prefix: 'sha256=' };

  function signature(payload: string, key = 'the key'): Record<string, string> {
    return { 'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(payload).digest('hex')}` };
  }

  it('lets through what is signed with the stored secret, and nothing else', async () => {
    const hook = await open({ verify: hmac });
    const refused = [
      await post(hook.path, '{"a":1}'),
      await post(hook.path, '{"a":1}', signature('{"a":1}', 'another key')),
      await post(hook.path, '{"a": 1}', signature('{"a":1}')),
      await post(hook.path, '{"a":', signature('{}')),
    ];
    for (const answer of refused) expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
    expect(await runsOf(hook)).toBe(0);
    const input = await inputOf(await post(hook.path, '{"a":1}', signature('{"a":1}')));
    expect(input.headers).not.toHaveProperty('x-hub-signature-256');
  });

  it('by bearer compares the secret', async () => {
    const { path } = await open({ verify: { type: 'bearer', secret: 'shared' } });
    expect((await post(path, '{}', { authorization: 'Bearer the key' })).status).toBe(202);
    for (const authorization of ['Bearer the kex', 'Bearer ', 'the key', 'Basic the key']) {
      expect((await post(path, '{}', { authorization })).status).toBe(401);
    }
    expect((await post(path, '{}')).status).toBe(401);
  });

  it('uses the new value of a secret at once, and lets nothing in without one', async () => {
    await user.call('POST', '/secrets', { name: 'changing', value: 'old' });
    const { path } = await open({ verify: { ...hmac, secret: 'changing' } });
    expect((await post(path, '{}', signature('{}', 'old'))).status).toBe(202);
    await user.call('PUT', '/secrets/changing', { value: 'new' });
    expect((await post(path, '{}', signature('{}', 'old'))).status).toBe(401);
    expect((await post(path, '{}', signature('{}', 'new'))).status).toBe(202);
    await user.call('DELETE', '/secrets/changing');
    expect((await post(path, '{}', signature('{}', 'new'))).status).toBe(401);
    expect((await post(path, '{}', signature('{}', ''))).status).toBe(401);
  });
});
