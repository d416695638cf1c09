import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type Answer, type TestUser } from '../../../../../test/gateway/test-gateway.js';

/** Few enough to use up, and so slow that none comes back during a test. */
const limits = {
  RATE_LIMIT_REQUESTS_PER_MINUTE: '1',
  RATE_LIMIT_BURST_SIZE: '5',
  RATE_LIMIT_USER_PER_MINUTE: '8',
  RATE_LIMIT_HOOK_PER_MINUTE: '4',
  TRUST_PROXY: '10.0.0.0/8',
  CORS_ORIGINS: 'https://app.test',
};
let gateway: TestGateway;
let replica: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.start(limits);
  replica = await gateway.replica();
});
afterAll(async () => {
  await replica.stop();
  await gateway.stop();
});

/** Addresses of nobody (RFC 5737), another one for each test. */
let last = 0;
const someAddress = (): string => `198.51.100.${(last += 1)}`;

interface Sent {
  from: string;
  headers?: Record<string, string>;
  method?: 'GET' | 'POST' | 'OPTIONS' | 'HEAD';
  payload?: string;
}

function send(url: string, { from, ...rest }: Sent, to = gateway): Promise<Answer> {
  return to.request({ method: 'GET', url, remoteAddress: from, ...rest });
}

async function statuses(times: number, ask: (index: number) => Promise<Answer>): Promise<number[]> {
  const seen: number[] = [];
  for (let index = 0; index < times; index += 1) seen.push((await ask(index)).status);
  return seen;
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
/** Where the general limit is the only one, and anonymous requests get 404. */
const NOWHERE = '/api/v1/nowhere';
const ME = '/api/v1/auth/me';

describe('an address without credentials', () => {
  it('is refused after its burst, and told when to come back', async () => {
    const from = someAddress();
    expect(await statuses(5, () => send(NOWHERE, { from }))).toEqual([404, 404, 404, 404, 404]);
    const { status, headers, body } = await send(NOWHERE, { from });
    expect(status).toBe(429);
    expect(body).toMatchObject({ code: 'RATE_LIMITED', status: 429, title: 'Too many requests' });
    // A minute for a request, less the time that this test took.
    expect(headers['retry-after']).toMatch(/^\d{1,2}$/);
    expect(headers['ratelimit']).toMatch(/^"address";r=0;t=\d{3}$/);
  });

  it('is told how much is left, in headers that pages may read', async () => {
    const { headers } = await send(NOWHERE, { from: someAddress(), headers: { origin: 'https://app.test' } });
    expect(headers).toMatchObject({ 'ratelimit-policy': '"address";q=1;w=60', ratelimit: '"address";r=4;t=60' });
    expect(headers['access-control-expose-headers']).toMatch(/RateLimit, RateLimit-Policy, Retry-After/);
  });

  it('is one address at all gateways', async () => {
    const from = someAddress();
    const to = (index: number): TestGateway => (index % 2 === 0 ? gateway : replica);
    const seen = await statuses(7, (index) => send(NOWHERE, { from }, to(index)));
    expect(seen).toEqual([404, 404, 404, 404, 404, 429, 429]);
  });

  it('is one address within its /64, and another one outside', async () => {
    const within = (index: number): string => `2001:db8:0:1::${(index + 1).toString(16)}`;
    expect(await statuses(6, (index) => send(NOWHERE, { from: within(index) }))).toContain(429);
    expect((await send(NOWHERE, { from: '2001:db8:0:2::1' })).status).toBe(404);
  });

  it('is not held up by others', async () => {
    const from = someAddress();
    await statuses(6, () => send(NOWHERE, { from }));
    expect((await send(NOWHERE, { from: someAddress() })).status).toBe(404);
  });

  it('is refused before its body is read', async () => {
    const from = someAddress();
    await statuses(5, () => send(NOWHERE, { from }));
    const login = { from, method: 'POST', payload: '{', headers: { 'content-type': 'application/json' } } as const;
    expect((await send('/api/v1/auth/login', login)).status).toBe(429);
  });

  it('counts malformed requests', async () => {
    const from = someAddress();
    const login = { from, method: 'POST', payload: '{', headers: { 'content-type': 'application/json' } } as const;
    expect(await statuses(6, () => send('/api/v1/auth/login', login))).toEqual([400, 400, 400, 400, 400, 429]);
  });
});

describe('X-Forwarded-For', () => {
  it('of a stranger changes nothing', async () => {
    const from = someAddress();
    const seen = await statuses(6, (index) =>
      send(NOWHERE, { from, headers: { 'x-forwarded-for': `192.0.2.${index}` } }),
    );
    expect(seen).toEqual([404, 404, 404, 404, 404, 429]);
  });

  it('of a proxy of ours says whose request it is', async () => {
    const seen = await statuses(6, (index) =>
      send(NOWHERE, { from: '10.0.0.1', headers: { 'x-forwarded-for': `192.0.2.${100 + index}` } }),
    );
    expect(seen).toEqual([404, 404, 404, 404, 404, 404]);
  });

  it('counts from where a proxy of ours took it, whatever the client had put in front', async () => {
    const client = someAddress();
    const seen = await statuses(6, (index) =>
      send(NOWHERE, { from: '10.0.0.1', headers: { 'x-forwarded-for': `192.0.2.${index}, ${client}` } }),
    );
    expect(seen).toEqual([404, 404, 404, 404, 404, 429]);
  });
});

describe('a bad credential', () => {
  it.each([
    ['no token at all', 'Bearer'],
    ['a token of nobody', 'Bearer abc.def.ghi'],
    ['another scheme', 'Basic YWRhOnB3'],
  ])('counts against the address: %s', async (_, authorization) => {
    const from = someAddress();
    const seen = await statuses(6, () => send(ME, { from, headers: { authorization } }));
    expect(seen).toEqual([401, 401, 401, 401, 401, 429]);
    const { headers, body } = await send(ME, { from, headers: { authorization } });
    expect(body).toMatchObject({ code: 'RATE_LIMITED' });
    expect(headers).toHaveProperty('retry-after');
    expect(headers).not.toHaveProperty('www-authenticate');
  });

  it('does not get a request past the limit where none is asked for', async () => {
    const from = someAddress();
    const headers = bearer('abc.def.ghi');
    const places = [NOWHERE, '/api/v1/openapi.json', '/docs', NOWHERE, '/docs', '/docs'];
    const seen = await statuses(6, (index) => send(places[index] ?? NOWHERE, { from, headers }));
    expect(seen.at(-1)).toBe(429);
    expect(seen.slice(0, 5)).not.toContain(429);
  });

  it('that was good once does not use up the requests of whose it was', async () => {
    const user = await gateway.signUp();
    const { email } = (await user.call('GET', '/auth/me')).body;
    const stolen = await gateway.request({
      method: 'POST',
      url: '/api/v1/auth/login',
      payload: { email, password: 'correct horse battery staple' },
      remoteAddress: someAddress(),
    });
    const headers = bearer(stolen.body.tokens.access_token);
    await user.call('DELETE', '/auth/sessions');
    const { status, headers: answered } = await send(ME, { from: someAddress(), headers });
    expect(status).toBe(401);
    expect(answered['ratelimit-policy']).toBe('"address";q=1;w=60');
  });
});

describe('a user', () => {
  let user: TestUser;
  beforeAll(async () => {
    user = await gateway.signUp();
  });

  it('has one bucket over all addresses and gateways, whatever the answers are', async () => {
    const headers = { authorization: user.authorization };
    const paths = [ME, '/api/v1/auth/sessions', '/api/v1/workflows/none', '/api/v1/workflows?page=0'];
    const seen = await statuses(9, (index) =>
      send(paths[index % 4] ?? ME, { from: someAddress(), headers }, index % 2 === 0 ? gateway : replica),
    );
    expect(seen.slice(0, 8)).not.toContain(429);
    expect(seen[8]).toBe(429);
    const { headers: answered } = await send(ME, { from: someAddress(), headers });
    expect(answered['ratelimit-policy']).toBe('"user";q=8;w=60');
    expect(answered['ratelimit']).toMatch(/^"user";r=0;t=\d{1,2}$/);
  });

  it('does not use up the requests of their address', async () => {
    const other = await gateway.signUp();
    const from = someAddress();
    const headers = { authorization: other.authorization };
    expect(await statuses(7, () => send(ME, { from, headers }))).toEqual(Array.from({ length: 7 }, () => 200));
    expect((await send(NOWHERE, { from })).headers['ratelimit']).toBe('"address";r=4;t=60');
  });
});

describe('a hook', () => {
  it('has a bucket of its own, over all addresses', async () => {
    const owner = await gateway.signUp();
    const workflow = {
      name: 'deliveries',
      trigger_type: 'webhook',
      steps: [{ id: 'a', type: 'transform', config: { expression: '1' } }],
    };
    const { body } = await owner.call('POST', '/workflows', workflow);
    const activated = await owner.call('POST', `/workflows/${body.id}/activate`);
    expect(activated.status, JSON.stringify(activated.body)).toBe(200);
    const url = new URL(activated.body.hook_url).pathname;
    const deliver = (): Promise<Answer> => send(url, { from: someAddress(), method: 'POST' });
    expect(await statuses(5, deliver)).toEqual([202, 202, 202, 202, 429]);
    expect((await deliver()).headers['ratelimit-policy']).toBe('"hook";q=4;w=60');
  });

  it('that is not there counts against the address that guesses', async () => {
    const from = someAddress();
    const token = (): string => createHmac('sha256', randomUUID()).update('').digest('base64url');
    const seen = await statuses(6, () => send(`/hooks/${token()}`, { from, method: 'POST' }));
    expect(seen).toEqual([404, 404, 404, 404, 404, 429]);
  });
});

describe('what is not limited', () => {
  it.each(['/health', '/ready', '/.well-known/jwks.json'])(
    '%s, which is asked for often and from one address',
    async (url) => {
      const from = someAddress();
      expect(await statuses(10, () => send(url, { from }))).toEqual(Array.from({ length: 10 }, () => 200));
      expect((await send(url, { from })).headers).not.toHaveProperty('ratelimit');
    },
  );

  it('preflights, which browsers send without credentials for who has them', async () => {
    const from = someAddress();
    const headers = { origin: 'https://app.test', 'access-control-request-method': 'GET' };
    const seen = await statuses(7, () => send(ME, { from, method: 'OPTIONS', headers }));
    expect(seen).toEqual(Array.from({ length: 7 }, () => 204));
  });
});
