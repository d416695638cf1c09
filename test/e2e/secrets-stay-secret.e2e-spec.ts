import { isFinalRunStatus } from '@app/contracts';
import { eventually } from '@app/testing';
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everythingInPostgres, everythingInRedis } from './everything-kept.js';
import { mailedToken } from './mailed-token.js';
import { PlantedSecrets } from './planted-secrets.js';
import { RunningServices } from './running-services.js';

/**
 * Uses everything that proves something in each way there is, the wrong ones too, with logs that say as much as they can; then
 * looks for it in all that is written down or answered.
 */
const EMAIL = 'secretive@example.org';

interface Answer {
  status: number;
  text: string;
  body: ReturnType<typeof JSON.parse>;
}

let services: RunningServices;
let receiver: Server;
let receiverUrl: string;
let accessToken = '';
const secrets = new PlantedSecrets();
/** Refusals, and all that is read of runs and workflows. */
const shown: string[] = [];
/** What reached the receiver, to know that secrets were really sent. */
const received: string[] = [];

async function send(method: string, url: string, body?: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body }), redirect: 'manual' });
  const text = await response.text();
  if (response.status >= 400) shown.push(`${method} ${response.status} ${text}`);
  return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : undefined };
}

function call(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> {
  return send(method, `${services.url}/api/v1${path}`, body && JSON.stringify(body), {
    ...(body && { 'content-type': 'application/json' }),
    ...(accessToken !== '' && { authorization: `Bearer ${accessToken}` }),
    ...headers,
  });
}

async function ok(method: string, path: string, body?: object): Promise<Answer['body']> {
  const { status, text, body: answer } = await call(method, path, body);
  expect(status, `${method} ${path}: ${text}`).toBeLessThan(300);
  return answer;
}

async function signIn(password: string): Promise<string> {
  accessToken = '';
  const { tokens } = await ok('POST', '/auth/login', { email: EMAIL, password });
  accessToken = secrets.watch('access token', tokens.access_token);
  return secrets.watch('refresh token', tokens.refresh_token);
}

/** Whatever the receiver is sent comes back to the caller, with the status that the path says. */
function echo(): Server {
  return createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const got = JSON.stringify({ url: request.url, headers: request.headers, body });
      received.push(got);
      const { pathname, search } = new URL(request.url ?? '', 'http://x');
      if (pathname === '/slow') return;
      if (pathname === '/broken') return void request.socket.destroy();
      if (pathname === '/moved') return void response.writeHead(307, { location: `/200${search}` }).end(got);
      if (pathname === '/away') return void response.writeHead(307, { location: `http://[::1]:1/${search}` }).end(got);
      response.writeHead(Number(pathname.slice(1)) || 200, { 'content-type': 'application/json', 'x-echo': search });
      response.end(got);
    });
  });
}

beforeAll(async () => {
  services = await RunningServices.start({ LOG_LEVEL: 'trace' });
  receiver = echo();
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
}, 180_000);
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await services.stop();
});

describe('what was given away', { timeout: 120_000 }, () => {
  it('as a person: passwords, tokens, mails, API keys', async () => {
    const [first, second, third] = ['first', 'second', 'third'].map((which) => secrets.make(`${which} password`));
    const wrong = secrets.make('wrong password');
    const person = { email: EMAIL, name: 'S' };
    await call('POST', '/auth/register', { ...person, email: 'none', password: first });
    await call('POST', '/auth/register', { ...person, password: first, secret: wrong });
    const { tokens } = await ok('POST', '/auth/register', { ...person, password: first });
    secrets.watch('access token', tokens.access_token);
    const stolen = secrets.watch('refresh token', tokens.refresh_token);
    const verification = secrets.watch('verification token', await mailedToken(services.dataDir, EMAIL));
    await ok('POST', '/auth/email/verify', { token: verification });
    await call('POST', '/auth/email/verify', { token: verification });
    await call('POST', '/auth/login', { email: EMAIL, password: wrong });
    await call('POST', '/auth/login', { email: EMAIL, password: [first] });
    const fresh = await ok('POST', '/auth/refresh', { refresh_token: stolen });
    secrets.watch('refreshed token', (fresh.tokens ?? fresh).refresh_token);
    await call('POST', '/auth/refresh', { refresh_token: stolen });
    await call('POST', '/auth/refresh', { refresh_token: secrets.make('refresh token that is none') });
    await signIn(first!);
    await call('POST', '/auth/password/change', { current_password: wrong, new_password: second });
    await ok('POST', '/auth/password/change', { current_password: first, new_password: second });
    accessToken = '';
    await ok('POST', '/auth/password/forgot', { email: EMAIL });
    const reset = await mailedToken(services.dataDir, EMAIL, [verification]);
    secrets.watch('reset token', reset);
    await call('POST', '/auth/password/reset', { token: reset, password: 'short' });
    await ok('POST', '/auth/password/reset', { token: reset, password: third });
    await call('POST', '/auth/password/reset', { token: reset, password: wrong });
    await signIn(third!);
    await call('POST', '/auth/step-up', { password: wrong });
    await ok('POST', '/auth/step-up', { password: third });
    const made = await ok('POST', '/api-keys', { name: 'Key', scopes: ['workflows:read'] });
    const key = secrets.watch('API key', made.key ?? made.secret ?? made.token);
    await call('GET', '/workflows', undefined, { authorization: `Bearer ${key}` });
    await call('POST', '/workflows', {}, { authorization: `Bearer ${key}` });
    await call('GET', `/workflows?api_key=${encodeURIComponent(key)}&limit=none`);
    await ok('DELETE', `/api-keys/${made.id}`);
    await call('GET', '/workflows', undefined, { authorization: `Bearer ${key}` });
  });

  it('in requests that are refused, and in writes that fail', async () => {
    const value = secrets.make('secret of a bad request');
    await call('POST', '/secrets', { name: 'Not a name', value });
    await call('POST', '/secrets', { name: 'a', value: [value] });
    await call('POST', '/secrets', { name: 'a', value: `${value}\0` });
    await call('POST', '/integrations', { type: 'http', name: 'n', credentials: { token: 1, extra: value } });
    await call('POST', '/integrations', { type: value, name: 'n', credentials: { token: value } });
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      const text = `{"name":"a","value":"${value}"`;
      const authorization = `Bearer ${accessToken}`;
      await send('POST', `${services.url}/api/v1/secrets`, text, { 'content-type': type, authorization });
    }
    await call('GET', `/nothing?token=${encodeURIComponent(value)}`);
    await call('GET', '/workflows', undefined, {
      authorization: `Basic ${Buffer.from(`u:${value}`).toString('base64')}`,
    });
    await call('GET', '/nothing', undefined, { cookie: `session=${encodeURIComponent(value)}`, 'x-api-key': value });
    const client = new Client({ connectionString: services.databaseUrl });
    await client.connect();
    await client.query(`ALTER TABLE secrets ADD CONSTRAINT broken CHECK (name <> 'unwritten')`);
    await client.query(`ALTER TABLE integrations ADD CONSTRAINT broken CHECK (name <> 'unwritten')`);
    await client.query(`ALTER TABLE users ADD CONSTRAINT broken CHECK (name <> 'unwritten')`);
    await client.end();
    const unwritten = [
      await call('POST', '/secrets', { name: 'unwritten', value }),
      await call('POST', '/integrations', {
        type: 'http',
        name: 'unwritten',
        config: httpConfig(),
        credentials: { token: value },
      }),
      await call('POST', '/auth/register', { email: 'un@example.org', name: 'unwritten', password: value }),
    ];
    expect(unwritten.map(({ status }) => status)).toEqual([500, 500, 500]);
  });

  it('by runs: secrets and credentials that come back, fail, are redirected and time out', async () => {
    const value = secrets.make('secret of a workflow');
    await ok('POST', '/secrets', { name: 'shop', value });
    await ok('PUT', '/secrets/shop', { value });
    const token = secrets.make('credential of an integration');
    const { id: credential } = await ok('POST', '/integrations', {
      type: 'http',
      name: 'Shop',
      config: httpConfig(),
      credentials: { token },
    });
    const secretly = {
      headers: { 'x-key': '{{ secrets.shop }}', authorization: 'Basic {{ $base64encode("u:" & secrets.shop) }}' },
      query: { key: '{{ secrets.shop }}' },
      body: { key: '{{ secrets.shop }}', more: ['{{ $uppercase("a") & secrets.shop }}'] },
    };
    const paths = ['/200', '/404', '/500', '/slow', '/broken', '/moved', '/away'];
    const requests = paths.flatMap((path) => [
      { method: 'PUT', url: `${receiverUrl}${path}`, ...secretly },
      { method: 'PUT', url: `${receiverUrl}${path}`, credential, body: secretly.body },
    ]);
    requests.push({ method: 'PUT', url: 'http://127.0.0.1:1/', ...secretly });
    requests.push({ method: 'PUT', url: 'not a url {{ secrets.shop }}', ...secretly });
    requests.push({
      method: 'PUT',
      url: `${receiverUrl}/200`,
      ...secretly,
      body: '{{ $number(secrets.shop) }}' as never,
    });
    requests.push({
      method: 'PUT',
      url: `${receiverUrl}/200`,
      ...secretly,
      headers: { 'x-key': '{{ secrets.shop & "\\n" }}' } as never,
    });
    const steps = requests.map((config, i) => ({
      id: `call${i}`,
      type: 'http.request',
      config,
      timeout_ms: 500,
      on_error: 'continue',
    }));
    const { id } = await ok('POST', '/workflows', { name: 'Secretive', trigger_type: 'manual', steps });
    const { run_id } = await ok('POST', `/workflows/${id}/execute`, { input: {} });
    await seen(run_id);
    expect(secrets.in(received.join('\n'))).toEqual(['secret of a workflow', 'credential of an integration']);
  });

  it('by triggers and subscriptions', async () => {
    const value = secrets.make('secret of a webhook');
    await ok('POST', '/secrets', { name: 'hook', value });
    const steps = [{ id: 'a', type: 'transform', config: { expression: 'input' } }];
    const hmac = { type: 'hmac', secret: 'hook', header: 'x-signature', algorithm: 'sha256', encoding: 'hex' };
    for (const verify of [{ type: 'bearer', secret: 'hook' }, hmac]) {
      const content = {
        name: 'Hooked',
        trigger_type: 'webhook',
        steps,
        config: { trigger: { methods: ['POST'], verify } },
      };
      const { id, hook_url } = await ok('POST', '/workflows', content);
      await ok('POST', `/workflows/${id}/activate`);
      const url = `${services.url}${new URL(hook_url).pathname}`;
      const signature = secrets.watch('signature', createHmac('sha256', value).update('{}').digest('hex'));
      const type = { 'content-type': 'application/json' };
      const right = verify.type === 'bearer' ? { authorization: `Bearer ${value}` } : { 'x-signature': signature };
      const wrong = secrets.make('wrong proof of a webhook');
      await send('POST', url, '{}', { ...type, authorization: `Bearer ${wrong}`, 'x-signature': wrong });
      const taken = await send('POST', url, '{}', { ...type, ...right });
      expect(taken.status, taken.text).toBe(202);
      await seen(taken.body.run_id);
    }
    const wanted = { types: ['org.example.*'], url: `${receiverUrl}/500` };
    const subscription = await ok('POST', '/event-subscriptions', wanted);
    secrets.watch('signing secret', subscription.secret);
    const rotated = await ok('POST', `/event-subscriptions/${subscription.id}/rotate-secret`);
    secrets.watch('rotated signing secret', rotated.secret);
    const event = { specversion: '1.0', id: '1', source: '/s', type: 'org.example.a', data: {} };
    await call('POST', '/events', event, { 'content-type': 'application/cloudevents+json' });
    await eventually(() => received.some((got) => got.includes('org.example.a')), { timeoutMs: 30_000 });
    shown.push((await call('GET', `/event-subscriptions/${subscription.id}/deliveries`)).text);
  });
});

describe('is not', { timeout: 60_000 }, () => {
  it('overlooked: it would be found in each form', () => {
    const one = new PlantedSecrets();
    const secret = one.make('it');
    const forms = ['', 'u:', 'uu:'].map((before) => Buffer.from(`${before}${secret}`).toString('base64url'));
    forms.push(secret, encodeURIComponent(secret), JSON.stringify(secret), Buffer.from(secret).toString('hex'));
    for (const form of forms) expect(one.in(`...${form}...`)).toEqual(['it']);
    expect(one.in('anything else')).toEqual([]);
  });

  it('in any log', () => {
    const logs = services.logs();
    for (const [name, text] of Object.entries(logs)) {
      expect(text.length, name).toBeGreaterThan(0);
      expect(secrets.in(text), name).toEqual([]);
    }
    expect(logs['gateway']).toContain('broken');
  });

  it('in a refusal, or what is shown of runs, workflows and deliveries', async () => {
    for (const path of ['/runs', '/workflows', '/secrets', '/integrations', '/api-keys', '/users/me/export']) {
      shown.push((await call('GET', path)).text);
    }
    for (const text of shown) expect(secrets.in(text), text.slice(0, 300)).toEqual([]);
  });

  it('in any table', async () => {
    for (const [table, text] of Object.entries(await everythingInPostgres(services.databaseUrl))) {
      expect(secrets.in(text), table).toEqual([]);
    }
  });

  it('in Redis', async () => {
    const text = await everythingInRedis(services.redisUrl);
    expect(text.length).toBeGreaterThan(2);
    expect(secrets.in(text)).toEqual([]);
  });
});

function httpConfig(): object {
  return { base_url: receiverUrl, header: 'X-Token', scheme: '' };
}

/** Waits for a run, and keeps all that is shown of it. */
async function seen(id: string): Promise<void> {
  await eventually(async () => isFinalRunStatus((await ok('GET', `/runs/${id}`)).status), { timeoutMs: 60_000 });
  for (const path of [`/runs/${id}`, `/runs/${id}/steps?limit=100`]) shown.push((await call('GET', path)).text);
}
