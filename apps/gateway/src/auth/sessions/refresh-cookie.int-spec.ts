import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestPasskeys } from '../../../../../test/gateway/passkeys.js';
import { TestGateway, type Answer } from '../../../../../test/gateway/test-gateway.js';

const password = 'correct horse battery staple';
const page = { origin: 'https://platform.test', 'sec-fetch-site': 'same-origin' };

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.start();
});
afterAll(() => gateway.stop());

function post(path: string, payload?: object, headers: Record<string, string> = {}): Promise<Answer> {
  return gateway.request({ method: 'POST', url: `/api/v1/auth/${path}`, headers, ...(payload && { payload }) });
}

function signUp(delivery: object = { refresh_in_cookie: true }): Promise<Answer> {
  return post('register', { email: `${randomUUID()}@example.com`, password, name: 'Ada', ...delivery });
}

function cookieOf(answer: Answer): string {
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
}

function refresh(cookie: string, headers: Record<string, string> = page): Promise<Answer> {
  return post('refresh', undefined, { cookie, ...headers });
}

describe('a sign-in of a page', () => {
  it('has the refresh token in a cookie that no script reads, and nowhere else', async () => {
    const answer = await signUp();
    expect(answer.status).toBe(201);
    const token = cookieOf(answer).split('=')[1] ?? '';
    expect(answer.headers['set-cookie']).toBe(
      `__Host-biometrics_refresh=${token}; Max-Age=604800; Path=/; Secure; HttpOnly; SameSite=Strict`,
    );
    expect(answer.body.tokens).toEqual({
      access_token: expect.any(String),
      expires_at: expect.any(Number),
      token_type: 'Bearer',
    });
    expect(JSON.stringify(answer.body)).not.toContain(token);
  });

  it.each([{}, { refresh_in_cookie: false }])('sets no cookie when it asks for none: %j', async (delivery) => {
    const answer = await signUp(delivery);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.body.tokens.refresh_token).toEqual(expect.any(String));
  });

  it('may be one with a password or a passkey too', async () => {
    const { email } = (await signUp()).body.user;
    const passkeys = new TestPasskeys(gateway);
    const { key } = await passkeys.of(await gateway.signUp());
    const credential = key.get({ challenge: await passkeys.challenge() });
    for (const answer of [
      await post('login', { email, password, refresh_in_cookie: true }),
      await post('passkeys/login/verify', { credential, refresh_in_cookie: true }),
    ]) {
      expect(answer.status).toBe(200);
      expect(cookieOf(answer)).toMatch(/^__Host-biometrics_refresh=\S+$/);
      expect(answer.body.tokens).not.toHaveProperty('refresh_token');
    }
  });

  it('sets none when it fails', async () => {
    const answer = await post('login', { email: 'nobody@example.com', password, refresh_in_cookie: true });
    expect(answer.status).toBe(401);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });
});

describe('POST /auth/refresh with the cookie', () => {
  it('rotates it', async () => {
    const first = cookieOf(await signUp());
    const refreshed = await refresh(first);
    expect(refreshed.status, JSON.stringify(refreshed.body)).toBe(200);
    expect(refreshed.body.tokens).not.toHaveProperty('refresh_token');
    const second = cookieOf(refreshed);
    expect(second).toMatch(/^__Host-biometrics_refresh=\S+$/);
    expect(second).not.toBe(first);
    const authorization = `Bearer ${refreshed.body.tokens.access_token}`;
    const me = await gateway.request({ method: 'GET', url: '/api/v1/auth/me', headers: { authorization } });
    expect(me.status).toBe(200);
    expect((await refresh(first)).status).toBe(401);
    expect((await refresh(second)).status).toBe(200);
  });

  it('takes the origin of the request for its own where nothing stands before the gateway', async () => {
    const own = { host: 'localhost:8080', origin: 'http://localhost:8080' };
    expect((await refresh(cookieOf(await signUp()), own)).status).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another site, in an old browser', { origin: 'https://evil.example' }],
    ['another host of this site', { origin: 'https://blog.platform.test', 'sec-fetch-site': 'same-site' }],
    ['who knows where', {}],
    ['a frame without an origin', { origin: 'null' }],
    ['another site that says it is ours', { ...page, 'sec-fetch-site': 'cross-site' }],
  ])('refuses a request from %s, and the token stays good', async (_, headers) => {
    const cookie = cookieOf(await signUp());
    const answer = await refresh(cookie, headers);
    expect(answer).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect((await refresh(cookie)).status).toBe(200);
  });

  it('looks at no cookie when the body has a token', async () => {
    const cookie = cookieOf(await signUp());
    const { refresh_token } = (await signUp({})).body.tokens;
    const answer = await post('refresh', { refresh_token }, { cookie });
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.body.tokens.refresh_token).toEqual(expect.any(String));
    expect((await refresh(cookie)).status).toBe(200);
  });

  it('says what is missing when there is neither', async () => {
    expect(await post('refresh', {}, page)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'refresh_token' }] },
    });
  });
});

describe('the cookie', () => {
  it('is forgotten when its session ends, and good for nothing then', async () => {
    const answer = await signUp();
    const authorization = `Bearer ${answer.body.tokens.access_token}`;
    const logout = await post('logout', undefined, { authorization });
    expect(logout.headers['set-cookie']).toBe(
      '__Host-biometrics_refresh=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict',
    );
    expect((await refresh(cookieOf(answer))).status).toBe(401);
  });

  it.each([
    ['GET', '/auth/me'],
    ['GET', '/auth/sessions'],
    ['DELETE', '/auth/sessions'],
    ['POST', '/auth/logout'],
    ['GET', '/workflows'],
  ] as const)('lets nobody in: %s %s', async (method, path) => {
    const cookie = cookieOf(await signUp());
    const answer = await gateway.request({ method, url: `/api/v1${path}`, headers: { cookie, ...page } });
    expect(answer.status).toBe(401);
  });
});
