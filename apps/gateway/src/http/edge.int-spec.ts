import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type Answer, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;

beforeAll(async () => {
  gateway = await TestGateway.start({ CORS_ORIGINS: 'https://app.test', TRUST_PROXY: '10.0.0.0/8' });
  user = await gateway.signUp();
});
afterAll(() => gateway.stop());

function login(payload: string | Buffer, contentType = 'application/json'): Promise<Answer> {
  const headers = { 'content-type': contentType };
  return gateway.request({ method: 'POST', url: '/api/v1/auth/login', payload, headers });
}

function get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  return gateway.request({ method: 'GET', url, headers });
}

describe('a problem document', () => {
  const cases: [string, () => Promise<Answer>, number, string][] = [
    ['malformed JSON', () => login('{'), 400, 'BAD_REQUEST'],
    ['a body that is no object', () => login('[]'), 400, 'BAD_REQUEST'],
    ['U+0000 in a body', () => login('{"email":"\\u0000","password":"x"}'), 400, 'BAD_REQUEST'],
    ['half a character in a body', () => login('{"email":"\\ud800","password":"x"}'), 400, 'BAD_REQUEST'],
    ['a body that is not UTF-8', () => login(Buffer.from([0x22, 0xff, 0x22])), 400, 'BAD_REQUEST'],
    ['U+0000 in a query', () => get('/api/v1/runs?tag=%00'), 400, 'BAD_REQUEST'],
    ['U+0000 in an address', () => get('/api/v1/auth/sessions/%00'), 400, 'BAD_REQUEST'],
    ['an address that does not decode', () => get('/api/v1/%'), 400, 'BAD_REQUEST'],
    ['missing fields', () => login('{}'), 400, 'VALIDATION_FAILED'],
    ['no token', () => get('/api/v1/auth/me'), 401, 'UNAUTHORIZED'],
    ['no such address', () => get('/api/v1/nowhere'), 404, 'NOT_FOUND'],
    ['an address outside of the prefix', () => get('/auth/me'), 404, 'NOT_FOUND'],
    ['an id that is none', () => user.call('DELETE', '/auth/sessions/1'), 404, 'NOT_FOUND'],
    ['another method', () => user.call('PUT', '/auth/me', {}), 405, 'METHOD_NOT_ALLOWED'],
    [
      'an answer nobody accepts',
      () => user.call('GET', '/auth/me', undefined, { accept: 'text/html' }),
      406,
      'NOT_ACCEPTABLE',
    ],
    ['a body over the limit', () => login(JSON.stringify('x'.repeat(1_048_576))), 413, 'PAYLOAD_TOO_LARGE'],
    ['a form', () => login('email=a', 'application/x-www-form-urlencoded'), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a body of no type', () => login('{}', ''), 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ];

  it.each(cases)('answers %s', async (_, send, status, code) => {
    const answer = await send();
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toMatchObject({
      type: 'about:blank',
      status,
      code,
      request_id: answer.headers['x-request-id'],
    });
    for (const field of ['title', 'detail', 'instance']) expect(answer.body[field]).toEqual(expect.any(String));
    expect(JSON.stringify(answer.body)).not.toMatch(/FST_|node_modules|SELECT|Cannot |Unexpected|stack/);
  });

  it('says which methods an address takes', async () => {
    expect((await user.call('PUT', '/auth/me', {})).headers['allow']).toBe('GET, HEAD');
  });

  it('keeps the query to itself', async () => {
    const { body } = await get('/api/v1/nowhere?token=secret');
    expect(body.instance).toBe('/api/v1/nowhere');
  });

  it('of our own mistake says nothing but the request id', async () => {
    await gateway.pool.query('ALTER TABLE users RENAME TO users_away');
    const { status, body } = await user.call('GET', '/auth/me');
    await gateway.pool.query('ALTER TABLE users_away RENAME TO users');
    expect(status).toBe(500);
    expect(body).toMatchObject({ code: 'INTERNAL_ERROR', detail: 'Something went wrong on our side.' });
    expect(JSON.stringify(body)).not.toContain('users');
  });
});

describe('what a route does not know', () => {
  it.each([
    ['a query on a route without one', () => user.call('GET', '/auth/me?verbose=1'), 'verbose'],
    ['a misspelt filter', () => user.call('GET', '/auth/sessions?limti=5'), 'limti'],
    ['a body on a route without one', () => user.call('POST', '/auth/logout', { everywhere: true }), 'everywhere'],
  ])('is refused: %s', async (_, send, field) => {
    expect(await send()).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED', errors: [{ field }] } });
  });

  it('does not matter before one is signed in', async () => {
    expect((await get('/api/v1/auth/me?verbose=1')).status).toBe(401);
  });
});

describe('X-Request-ID', () => {
  it('comes back as it was sent', async () => {
    const answer = await get('/health', { 'x-request-id': 'call-17' });
    expect(answer.headers['x-request-id']).toBe('call-17');
  });

  it('is a fresh UUID for each request without a good one', async () => {
    const ids = await Promise.all(
      ['/health', '/health', '/nowhere', '/%'].map(async (url) => {
        return (await get(url, { 'x-request-id': 'not good' })).headers['x-request-id'];
      }),
    );
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('accepted types', () => {
  it.each(['application/json', 'application/*', '*/*', 'text/html, application/json;q=0.1', 'APPLICATION/JSON'])(
    'include %s',
    async (accept) => {
      expect((await user.call('GET', '/auth/me', undefined, { accept })).status).toBe(200);
    },
  );

  it.each(['text/html', 'application/xml', 'application/json;q=0', 'text/*'])('do not include %s', async (accept) => {
    expect((await user.call('GET', '/auth/me', undefined, { accept })).status).toBe(406);
  });
});

describe('headers for browsers', () => {
  it('are those of helmet, on every answer', async () => {
    for (const url of ['/health', '/nowhere', '/api/v1/auth/me']) {
      const { headers } = await get(url);
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
      expect(headers['content-security-policy']).toContain("default-src 'self'");
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });

  it('let in the configured origin and no other', async () => {
    const origins = ['https://app.test', 'https://other.test', 'https://app.test.evil.test', 'null'];
    const answers = await Promise.all(origins.map((origin) => get('/health', { origin })));
    expect(answers.map(({ headers }) => headers['access-control-allow-origin'])).toEqual([
      'https://app.test',
      undefined,
      undefined,
      undefined,
    ]);
    for (const { headers } of answers) expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });
});

describe('the address of a client', () => {
  it.each([
    ['is the one its proxy names', '10.1.2.3', '203.0.113.7', '203.0.113.7'],
    ['is its own when it is no proxy of ours', '198.51.100.9', '203.0.113.7', '198.51.100.9'],
    ['is the last one that a proxy of ours did not add', '10.1.2.3', '1.1.1.1, 203.0.113.7', '203.0.113.7'],
  ])('%s', async (_, remoteAddress, forwardedFor, expected) => {
    const email = `${remoteAddress}.${forwardedFor.length}@example.com`;
    const payload = { email, password: 'correct horse battery staple', name: 'Ada' };
    const headers = { 'x-forwarded-for': forwardedFor };
    const url = '/api/v1/auth/register';
    const { body } = await gateway.request({ method: 'POST', url, payload, headers, remoteAddress });
    const { rows } = await gateway.pool.query('SELECT host(ip_address) AS ip FROM sessions WHERE user_id = $1', [
      body.user.id,
    ]);
    expect(rows).toEqual([{ ip: expected }]);
  });
});

describe('an answer', () => {
  it('is not kept by browsers: the next person at this one has the same addresses and versions', async () => {
    const me = await user.call('GET', '/auth/me');
    expect(me.headers).toMatchObject({ etag: '"1"', 'cache-control': 'no-store' });
    expect((await get('/api/v1/auth/me')).headers['cache-control']).toBe('no-store');
  });
});
