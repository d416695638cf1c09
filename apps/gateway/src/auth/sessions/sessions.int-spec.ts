import { newId } from '@app/contracts';
import { RefreshTokens } from '@app/security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type Answer } from '../../../../../test/gateway/test-gateway.js';
import { REUSE_GRACE_MS } from './sessions.sql.js';

const password = 'correct horse battery staple';
let gateway: TestGateway;
let account: { email: string; id: string };

beforeAll(async () => {
  gateway = await TestGateway.start();
  const payload = { email: 'ada@example.com', password, name: 'Ada' };
  const { body } = await gateway.request({ method: 'POST', url: '/api/v1/auth/register', payload });
  account = body.user;
});
afterAll(() => gateway.stop());

interface Tokens {
  access_token: string;
  refresh_token: string;
}

async function signIn(): Promise<Tokens> {
  const payload = { email: account.email, password };
  return (await gateway.request({ method: 'POST', url: '/api/v1/auth/login', payload })).body.tokens;
}

function refresh(token: string): Promise<Answer> {
  return gateway.request({ method: 'POST', url: '/api/v1/auth/refresh', payload: { refresh_token: token } });
}

async function refreshed(token: string): Promise<Tokens> {
  const { status, body } = await refresh(token);
  expect(status).toBe(200);
  return body.tokens;
}

function call(method: 'GET' | 'POST' | 'DELETE', path: string, { access_token }: Tokens): Promise<Answer> {
  return gateway.request({ method, url: `/api/v1/auth/${path}`, headers: { authorization: `Bearer ${access_token}` } });
}

function rename(id: string, name: string, { access_token }: Tokens): Promise<Answer> {
  const headers = { authorization: `Bearer ${access_token}` };
  return gateway.request({ method: 'PATCH', url: `/api/v1/auth/sessions/${id}`, headers, payload: { name } });
}

async function isSignedIn(tokens: Tokens): Promise<boolean> {
  return (await call('GET', 'me', tokens)).status === 200;
}

/** As if the last rotation of every session had been longer ago than the grace. */
async function graceOver(): Promise<void> {
  await gateway.pool.query(`UPDATE sessions SET rotated_at = rotated_at - $1 * interval '1 ms'`, [REUSE_GRACE_MS]);
}

describe('POST /auth/refresh', () => {
  it('gives new tokens of the same session', async () => {
    const first = await signIn();
    const second = await refreshed(first.refresh_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(await isSignedIn(second)).toBe(true);
    const { body } = await call('GET', 'sessions', second);
    expect(body.data.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
  });

  it('lets one of fifty at once win, whose tokens work afterwards', async () => {
    const { refresh_token: token } = await signIn();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(token)));
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(49);
    const tokens: Tokens = winners[0]?.body.tokens;
    expect(await isSignedIn(tokens)).toBe(true);
    expect(await isSignedIn(await refreshed(tokens.refresh_token))).toBe(true);
  });

  it('revokes nothing when the token before the newest comes back within the grace', async () => {
    const first = await signIn();
    const second = await refreshed(first.refresh_token);
    expect((await refresh(first.refresh_token)).status).toBe(401);
    expect(await isSignedIn(second)).toBe(true);
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });

  it('ends the session when it comes back later', async () => {
    const first = await signIn();
    const second = await refreshed(first.refresh_token);
    await graceOver();
    expect((await refresh(first.refresh_token)).status).toBe(401);
    expect(await isSignedIn(second)).toBe(false);
    expect((await refresh(second.refresh_token)).status).toBe(401);
  });

  it('ends the session when an older one comes back, however soon', async () => {
    const first = await signIn();
    const second = await refreshed(first.refresh_token);
    const third = await refreshed(second.refresh_token);
    expect((await refresh(first.refresh_token)).status).toBe(401);
    expect(await isSignedIn(third)).toBe(false);
  });

  it('refuses, and ends no session for, what we did not issue', async () => {
    const tokens = await signIn();
    const [{ id = '' } = {}] = (await call('GET', 'sessions', tokens)).body.data;
    const forged = new RefreshTokens('a secret that somebody else made up').issue(id);
    for (const token of [forged, tokens.access_token, id, 'x']) expect((await refresh(token)).status).toBe(401);
    expect(await isSignedIn(tokens)).toBe(true);
  });

  it('invents no user: a token for a session that does not exist is refused', async () => {
    const token = new RefreshTokens(process.env['JWT_SECRET'] ?? '').issue(newId());
    const users = () => gateway.pool.query('SELECT count(*) FROM users').then(({ rows }) => rows);
    const before = await users();
    expect(await refresh(token)).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
    expect(await users()).toEqual(before);
  });

  it('ends with the session: no refresh goes beyond 30 days from its beginning', async () => {
    const tokens = await signIn();
    const began = (age: string) =>
      gateway.pool.query(
        `UPDATE sessions SET created_at = now() - $1::interval WHERE refresh_token_hash = encode(sha256($2), 'hex')
         RETURNING id`,
        [age, tokens.refresh_token],
      );
    const { rows } = await began('29 days 23 hours');
    tokens.refresh_token = (await refreshed(tokens.refresh_token)).refresh_token;
    const left = await gateway.pool.query(
      `SELECT expires_at = created_at + interval '30 days' AS "isTheEnd" FROM sessions WHERE id = $1`,
      [rows[0]?.id],
    );
    expect(left.rows).toEqual([{ isTheEnd: true }]);
    await began('30 days');
    expect((await refresh(tokens.refresh_token)).status).toBe(401);
  });

  it('refuses the token of a session that is over, and of a user who may not sign in any more', async () => {
    const [expired, deactivated] = [await signIn(), await signIn()];
    await gateway.pool.query(
      'UPDATE sessions SET expires_at = now() WHERE refresh_token_hash = encode(sha256($1), $2)',
      [expired.refresh_token, 'hex'],
    );
    expect((await refresh(expired.refresh_token)).status).toBe(401);
    await gateway.pool.query('UPDATE users SET is_active = false');
    expect((await refresh(deactivated.refresh_token)).status).toBe(401);
    await gateway.pool.query('UPDATE users SET is_active = true');
    expect((await refresh(deactivated.refresh_token)).status).toBe(200);
  });
});

describe('POST /auth/logout', () => {
  it('ends the session: neither token is good any more', async () => {
    const [tokens, other] = [await signIn(), await signIn()];
    expect(await call('POST', 'logout', tokens)).toMatchObject({ status: 200, body: { message: 'Signed out.' } });
    expect(await isSignedIn(tokens)).toBe(false);
    expect((await refresh(tokens.refresh_token)).status).toBe(401);
    expect(await isSignedIn(other)).toBe(true);
  });

  it('ends a session that is being refreshed at the same moment', async () => {
    const tokens = await signIn();
    const [, { status, body }] = await Promise.all([call('POST', 'logout', tokens), refresh(tokens.refresh_token)]);
    const latest: Tokens = status === 200 ? body.tokens : tokens;
    expect(await isSignedIn(latest)).toBe(false);
    expect((await refresh(latest.refresh_token)).status).toBe(401);
  });
});

describe('/auth/sessions', () => {
  it('shows the sessions of the user page by page, the newest first', async () => {
    const tokens = await signIn();
    const first = await call('GET', 'sessions?limit=2', tokens);
    expect(first.body).toMatchObject({ page: 1, limit: 2, total: expect.any(Number) });
    expect(first.body.data[0]).toMatchObject({ current: true, ip_address: '127.0.0.1', user_agent: 'lightMyRequest' });
    const next = await call('GET', `sessions?limit=2&cursor=${first.body.next_cursor}`, tokens);
    const second = await call('GET', 'sessions?limit=2&page=2', tokens);
    expect(next.body.data).toEqual(second.body.data);
    expect(next.body).not.toHaveProperty('total');
  });

  it('ends another session of the user', async () => {
    const [mine, lost] = [await signIn(), await signIn()];
    const [{ id }] = (await call('GET', 'sessions', lost)).body.data;
    expect((await call('DELETE', `sessions/${id}`, mine)).status).toBe(204);
    expect(await isSignedIn(lost)).toBe(false);
    expect(await isSignedIn(mine)).toBe(true);
    expect((await call('DELETE', `sessions/${id}`, mine)).status).toBe(404);
  });

  it('names a device', async () => {
    const tokens = await signIn();
    const [{ id }] = (await call('GET', 'sessions', tokens)).body.data;
    const named = await rename(id, 'The old laptop', tokens);
    expect(named).toMatchObject({ status: 200, body: { id, name: 'The old laptop', method: 'password' } });
    expect((await call('GET', 'sessions', tokens)).body.data[0]).toMatchObject({ id, name: 'The old laptop' });
    expect(await rename(id, '', tokens)).toMatchObject({ status: 400, body: { errors: [{ field: 'name' }] } });
    const stranger = await gateway.signUp();
    expect(await stranger.call('PATCH', `/auth/sessions/${id}`, { name: 'Mine' })).toMatchObject({ status: 404 });
  });

  it('ends all of them, the one that asks too', async () => {
    const [mine, other] = [await signIn(), await signIn()];
    expect((await call('DELETE', 'sessions', mine)).status).toBe(204);
    for (const tokens of [mine, other]) {
      expect(await isSignedIn(tokens)).toBe(false);
      expect((await refresh(tokens.refresh_token)).status).toBe(401);
    }
  });

  it("answers 404 for somebody else's session and leaves it alone", async () => {
    const stranger = await gateway.signUp();
    const mine = await signIn();
    const [{ id }] = (await call('GET', 'sessions', mine)).body.data;
    for (const path of [id, newId(), 'x']) {
      const { status, body } = await stranger.call('DELETE', `/auth/sessions/${path}`);
      expect({ status, code: body.code }).toEqual({ status: 404, code: 'NOT_FOUND' });
    }
    expect(await isSignedIn(mine)).toBe(true);
  });
});

describe('the audit trail', () => {
  it('says who signed in and out, from where and by which request, and holds no token', async () => {
    await gateway.pool.query('DELETE FROM audit_events');
    const reused = await signIn();
    const kept = await refreshed(reused.refresh_token);
    await graceOver();
    await refresh(reused.refresh_token);
    const ended = await signIn();
    await call('POST', 'logout', ended);
    const { rows } = await gateway.pool.query('SELECT * FROM audit_events ORDER BY id');
    expect(rows.map(({ action, actor_kind, actor_id }) => [action, actor_kind, actor_id])).toEqual([
      ['session.started', 'user', account.id],
      ['session.reuse_detected', 'anonymous', null],
      ['session.started', 'user', account.id],
      ['session.ended', 'user', account.id],
    ]);
    const where = {
      ip_address: '127.0.0.1',
      user_agent: 'lightMyRequest',
      request_id: expect.stringMatching(/^.{36}$/),
    };
    for (const row of rows) expect(row).toMatchObject({ ...where, subject_type: 'session', outcome: 'success' });
    expect(rows[0].details).toEqual({ method: 'password' });
    const text = JSON.stringify(rows);
    for (const { access_token, refresh_token } of [reused, kept, ended]) {
      expect(text).not.toContain(access_token);
      expect(text).not.toContain(refresh_token);
    }
  });
});
