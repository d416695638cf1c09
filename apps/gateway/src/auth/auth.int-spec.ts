import { randomUUID } from 'node:crypto';
import { hashToken } from '@app/security';
import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type Answer } from '../../../../test/gateway/test-gateway.js';

const password = 'correct horse battery staple';
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.start();
});
afterAll(() => gateway.stop());

function post(path: string, payload: object, headers: Record<string, string> = {}): Promise<Answer> {
  return gateway.request({ method: 'POST', url: `/api/v1/auth/${path}`, payload, headers });
}

function me(token: string): Promise<Answer> {
  return gateway.request({ method: 'GET', url: '/api/v1/auth/me', headers: { authorization: `Bearer ${token}` } });
}

async function signUp(email = `${randomUUID()}@example.com`): Promise<Answer['body']> {
  const { status, body } = await post('register', { email, password, name: 'Ada' });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

describe('POST /auth/register', () => {
  it('makes an account, signs in, and shows no hash', async () => {
    const email = `${randomUUID()}@Example.com`;
    const { user, tokens } = await signUp(email);
    expect(user).toMatchObject({ email, name: 'Ada', roles: ['user'], is_active: true, version: 1 });
    expect(JSON.stringify(user)).not.toMatch(/argon2|password/);
    expect(tokens).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      expires_at: expect.any(Number),
      token_type: 'Bearer',
    });
    expect(tokens.expires_at - Date.now() / 1000).toBeCloseTo(900, -1);
    expect((await me(tokens.access_token)).body).toEqual(user);
  });

  it('stores hashes only', async () => {
    const { user, tokens } = await signUp();
    const { rows } = await gateway.pool.query<{ row: string }>(
      `SELECT (users.*, sessions.*)::text AS row FROM users JOIN sessions ON user_id = users.id WHERE users.id = $1`,
      [user.id],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).toContain('$argon2id$');
    expect(rows[0]?.row).toContain(hashToken(tokens.refresh_token));
    for (const secret of [password, tokens.access_token, tokens.refresh_token])
      expect(rows[0]?.row).not.toContain(secret);
  });

  it('signs with the configured secret and no other', async () => {
    const { access_token: token } = (await signUp()).tokens;
    expect(jwt.verify(token, process.env['JWT_SECRET'] ?? '')).toMatchObject({ typ: 'access' });
    const claims = jwt.decode(token) as object;
    for (const secret of ['secret', 'change-me', 'biometrics', 'your-secret-key', '']) {
      if (secret !== '') expect((await me(jwt.sign(claims, secret))).status).toBe(401);
      expect(() => jwt.verify(token, secret)).toThrow();
    }
  });

  it('makes one account of one address, in whatever case and however many ask at once', async () => {
    const email = `${randomUUID()}@example.com`;
    const bodies = [email, email.toUpperCase(), email].map((address) => ({ email: address, password, name: 'Ada' }));
    const answers = await Promise.all(bodies.map((body) => post('register', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'CONFLICT' });
  });

  it.each([
    ['a short password', { password: 'short 1' }, 'password'],
    ['a common password', { password: 'Password1' }, 'password'],
    ['a password that is too long', { password: 'x'.repeat(129) }, 'password'],
    ['no address', { email: 'ada' }, 'email'],
    ['no name', { name: '' }, 'name'],
    ['a role', { roles: ['admin'] }, 'roles'],
  ])('refuses %s', async (_, change, field) => {
    const { status, body } = await post('register', { email: 'eve@example.com', password, name: 'Eve', ...change });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field }] });
  });
});

describe('POST /auth/login', () => {
  it('signs in, the address in any case', async () => {
    const { user } = await signUp();
    const { status, body } = await post('login', { email: user.email.toUpperCase(), password });
    expect(status).toBe(200);
    expect(body.user).toEqual(user);
    expect((await me(body.tokens.access_token)).status).toBe(200);
  });

  it('says the same of a wrong password, no account, no password and a deactivated account', async () => {
    const [wrong, passwordless, inactive] = await Promise.all([signUp(), signUp(), signUp()]);
    await gateway.pool.query('UPDATE users SET password = NULL WHERE id = $1', [passwordless.user.id]);
    await gateway.pool.query('UPDATE users SET is_active = false WHERE id = $1', [inactive.user.id]);
    const answers = await Promise.all([
      post('login', { email: wrong.user.email, password: `${password}!` }),
      post('login', { email: `${randomUUID()}@example.com`, password }),
      post('login', { email: passwordless.user.email, password }),
      post('login', { email: inactive.user.email, password }),
    ]);
    const seen = answers.map(({ status, body: { code, detail, title } }) => ({ status, code, detail, title }));
    expect(seen[0]).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
    expect(new Set(seen.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });
});

describe('GET /auth/me', () => {
  it('shows a user whose metadata nobody ever set', async () => {
    const { user, tokens } = await signUp();
    const { rows } = await gateway.pool.query('SELECT metadata FROM users WHERE id = $1', [user.id]);
    expect(rows).toEqual([{ metadata: {} }]);
    expect(await me(tokens.access_token)).toMatchObject({ status: 200, body: { metadata: {} } });
  });

  it('refuses whatever is no access token with one and the same answer', async () => {
    const { tokens } = await signUp();
    const secret = process.env['JWT_SECRET'] ?? '';
    const claims = jwt.decode(tokens.access_token) as Record<string, unknown>;
    const refused = [
      tokens.refresh_token,
      jwt.sign({ ...claims, typ: 'refresh' }, secret),
      jwt.sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 }, secret),
      jwt.sign({ ...claims, aud: 'somebody' }, secret),
      jwt.sign(claims, secret, { algorithm: 'HS384' }),
      `${tokens.access_token}x`,
      'x',
    ];
    const answers = await Promise.all(refused.map(me));
    const bodies = answers.map(({ status, body }) => JSON.stringify({ status, body: { ...body, request_id: 'any' } }));
    expect(answers[0]).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(new Set(bodies).size).toBe(1);
  });

  it('is 304 for one who has this version already', async () => {
    const { tokens } = await signUp();
    const authorization = `Bearer ${tokens.access_token}`;
    const known = (await me(tokens.access_token)).headers['etag'];
    expect(known).toBe('"1"');
    const headers = { authorization, 'if-none-match': String(known) };
    expect(await gateway.request({ method: 'GET', url: '/api/v1/auth/me', headers })).toMatchObject({ status: 304 });
  });

  it('takes no token from anywhere but the header', async () => {
    const { tokens } = await signUp();
    const url = `/api/v1/auth/me?access_token=${tokens.access_token}`;
    expect((await gateway.request({ method: 'GET', url })).status).toBe(401);
    const cookie = `access_token=${tokens.access_token}`;
    expect((await gateway.request({ method: 'GET', url: '/api/v1/auth/me', headers: { cookie } })).status).toBe(401);
  });
});

describe('AUTH_REGISTRATION', () => {
  it.each(['invite', 'closed'])('%s lets nobody make an account by themselves', async (registration) => {
    const strict = await gateway.replica({ AUTH_REGISTRATION: registration });
    const payload = { email: `${randomUUID()}@example.com`, password, name: 'Eve' };
    const answer = await strict.request({ method: 'POST', url: '/api/v1/auth/register', payload });
    expect(answer).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    await strict.stop();
  });
});
