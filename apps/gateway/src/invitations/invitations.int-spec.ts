import { randomUUID } from 'node:crypto';
import { newId, OneTimeTokenPurpose } from '@app/contracts';
import { issueOneTimeToken, renewOneTimeToken } from '@app/database';
import { eventually } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signInAgain, signUpAdmin } from '../../../../test/gateway/people.js';
import { TestGateway, type Answer, type TestUser } from '../../../../test/gateway/test-gateway.js';
import { lockFirstAdmin } from '../auth/registration/admission.sql.js';

const password = 'correct horse battery staple';
/** Where registration is open, which has the first administrator, and two that share its database. */
let open: TestGateway;
let byInvitation: TestGateway;
let closed: TestGateway;
let admin: TestUser;

beforeAll(async () => {
  open = await TestGateway.start({ AUTH_REGISTRATION: 'open' });
  admin = await signUpAdmin(open);
  byInvitation = await open.replica({ AUTH_REGISTRATION: 'invite' });
  closed = await open.replica({ AUTH_REGISTRATION: 'closed' });
});
afterAll(async () => {
  await closed.stop();
  await byInvitation.stop();
  await open.stop();
});

const someAddress = (): string => `${randomUUID()}@example.com`;

function invite(body: object, by = admin): Promise<Answer> {
  return by.call('POST', '/invitations', body);
}

/** What the worker does when it sends the mail. */
async function mailedToken(id: string): Promise<string> {
  const renewal = { purpose: OneTimeTokenPurpose.Invitation, id, ttlMs: 60_000 };
  return (await renewOneTimeToken(open.pool, renewal)) ?? 'none';
}

function register(gateway: TestGateway, email: string, invitation?: string): Promise<Answer> {
  const payload = { email, password, name: 'Eve', ...(invitation !== undefined && { invitation }) };
  return gateway.request({ method: 'POST', url: '/api/v1/auth/register', payload });
}

async function mailsTo(email: string): Promise<unknown[]> {
  const sql = `SELECT payload FROM jobs WHERE type = 'email.account' AND payload->>'email' = $1`;
  return (await open.pool.query<{ payload: unknown }>(sql, [email])).rows.map(({ payload }) => payload);
}

const notGood = { status: 400, body: { code: 'VALIDATION_FAILED', errors: [{ field: 'invitation' }] } };

describe('POST /invitations', () => {
  it('asks for a mail, and shows no token', async () => {
    const email = someAddress();
    const { status, body } = await invite({ email, roles: ['admin'] });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String),
      email,
      roles: ['user', 'admin'],
      invited_by: admin.id,
      expires_at: expect.any(String),
      created_at: expect.any(String),
    });
    expect(await mailsTo(email)).toEqual([{ mail: 'invitation', email, invitation_id: body.id }]);
  });

  it('leaves a trail that says who invited, not with which link', async () => {
    const { body } = await invite({ email: someAddress() });
    const token = await mailedToken(body.id);
    const { rows } = await open.pool.query('SELECT * FROM audit_events WHERE subject_id = $1', [body.id]);
    const event = { action: 'user.invited', actor_id: admin.id, details: { roles: ['user'] } };
    expect(rows).toMatchObject([event]);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('replaces an earlier invitation of the same address', async () => {
    const email = someAddress();
    const [first, second] = [await invite({ email }), await invite({ email: email.toUpperCase() })];
    expect(await mailedToken(first.body.id)).toBe('none');
    expect(await mailedToken(second.body.id)).not.toBe('none');
  });

  it('refuses an address that has an account, what is no role, and any invitation where nobody gets in', async () => {
    const { body } = await admin.call('GET', '/auth/me');
    expect(await invite({ email: body.email })).toMatchObject({ status: 409 });
    expect(await invite({ email: someAddress(), roles: ['king'] })).toMatchObject({ status: 400 });
    const headers = { authorization: admin.authorization };
    const payload = { email: someAddress() };
    const answer = await closed.request({ method: 'POST', url: '/api/v1/invitations', payload, headers });
    expect(answer).toMatchObject({ status: 409 });
  });

  it('is for administrators who have proved themselves a moment ago', async () => {
    const user = await open.signUp();
    expect(await invite({ email: someAddress() }, user)).toMatchObject({ status: 403 });
    const late = await signInAgain(open, admin);
    await open.pool.query(
      `UPDATE sessions SET proved_at = now() - interval '1 day'
        WHERE id = (SELECT id FROM sessions WHERE user_id = $1 ORDER BY id DESC LIMIT 1)`,
      [admin.id],
    );
    expect(await invite({ email: someAddress() }, late)).toMatchObject({ body: { code: 'STEP_UP_REQUIRED' } });
  });
});

describe('GET and DELETE /invitations', () => {
  it('shows the open ones page by page, the newest first', async () => {
    const ids = [];
    for (let n = 0; n < 3; n++) ids.unshift((await invite({ email: someAddress() })).body.id);
    const first = await admin.call('GET', '/invitations?limit=2');
    expect(first.body).toMatchObject({ page: 1, limit: 2, total: expect.any(Number) });
    const next = await admin.call('GET', `/invitations?limit=2&cursor=${first.body.next_cursor}`);
    const seen = [...first.body.data, ...next.body.data].map(({ id }: { id: string }) => id);
    expect(seen.slice(0, 3)).toEqual(ids);
    expect((await (await open.signUp()).call('GET', '/invitations')).status).toBe(403);
  });

  it('withdraws one, whose link is not good any more', async () => {
    const email = someAddress();
    const { id } = (await invite({ email })).body;
    const token = await mailedToken(id);
    expect((await admin.call('DELETE', `/invitations/${id}`)).status).toBe(204);
    expect((await admin.call('DELETE', `/invitations/${id}`)).status).toBe(404);
    expect(await register(byInvitation, email, token)).toMatchObject(notGood);
    const { rows } = await open.pool.query('SELECT action FROM audit_events WHERE subject_id = $1 ORDER BY id', [id]);
    expect(rows.map(({ action }) => action)).toEqual(['user.invited', 'user.invitation_withdrawn']);
  });
});

describe('POST /auth/register with an invitation', () => {
  it('makes an account with its roles, whose address is proved by it, once', async () => {
    const email = someAddress();
    const { id } = (await invite({ email, roles: ['admin'] })).body;
    const token = await mailedToken(id);
    expect(await register(byInvitation, email)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    const { status, body } = await register(byInvitation, email.toUpperCase(), token);
    expect(status, JSON.stringify(body)).toBe(201);
    expect(body.user).toMatchObject({ roles: ['user', 'admin'], email_verified_at: expect.any(String) });
    expect(await mailsTo(email.toUpperCase())).toEqual([]);
    expect(await register(byInvitation, someAddress(), token)).toMatchObject(notGood);
    const { data } = (await admin.call('GET', '/invitations?limit=100')).body;
    expect(data.map((each: { id: string }) => each.id)).not.toContain(id);
  });

  it('proves no address that only looks like the invited one', async () => {
    const email = `kim.${someAddress()}`;
    const { body } = await invite({ email });
    const token = await mailedToken(body.id);
    expect(await register(byInvitation, email.replace('k', '\u212A'), token)).toMatchObject(notGood);
    expect(await register(byInvitation, email.toUpperCase(), token)).toMatchObject({ status: 201 });
  });

  it('lets one of many at once with the same link in', async () => {
    const email = someAddress();
    const token = await mailedToken((await invite({ email })).body.id);
    const answers = await Promise.all(Array.from({ length: 5 }, () => register(byInvitation, email, token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400]);
  });

  it('says the same of every link that is not good, and uses none up', async () => {
    const [email, other] = [someAddress(), someAddress()];
    const token = await mailedToken((await invite({ email })).body.id);
    const answers = [await register(byInvitation, other, token), await register(byInvitation, other, 'x')];
    for (const answer of answers) expect(answer).toMatchObject(notGood);
    expect(answers[1]?.body.errors).toEqual(answers[0]?.body.errors);
    expect(await register(byInvitation, email, token)).toMatchObject({ status: 201 });
  });

  it('is not good any more once whoever invited is no administrator', async () => {
    const once = await signUpAdmin(open);
    const email = someAddress();
    const token = await mailedToken((await invite({ email, roles: ['admin'] }, once)).body.id);
    await open.pool.query(`UPDATE users SET roles = '{user}' WHERE id = $1`, [once.id]);
    expect(await register(byInvitation, email, token)).toMatchObject(notGood);
  });

  it('lets nobody in where registration is closed', async () => {
    const email = someAddress();
    const token = await mailedToken((await invite({ email })).body.id);
    expect(await register(closed, email, token)).toMatchObject(notGood);
  });
});

describe('the link for the first administrator', () => {
  function link(): Promise<string> {
    return issueOneTimeToken(open.pool, { purpose: OneTimeTokenPurpose.FirstAdmin, ttlMs: 60_000 });
  }

  it('is nothing worth while there is one', async () => {
    expect(await register(closed, someAddress(), await link())).toMatchObject(notGood);
  });

  it('makes one administrator, also where registration is closed, and proves no address', async () => {
    await open.pool.query(`UPDATE users SET is_active = false WHERE 'admin' = ANY (roles)`);
    const tokens = [await link(), await link()];
    const answers = await Promise.all(tokens.map((token) => register(closed, someAddress(), token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400]);
    const { user } = answers.find(({ status }) => status === 201)!.body;
    // The link was printed, not mailed.
    expect(user).toMatchObject({ roles: ['user', 'admin'], email_verified_at: null });
    expect(await mailsTo(user.email)).toMatchObject([{ mail: 'verification' }]);
  });

  it('waits for somebody who is becoming one at the same moment', async () => {
    await open.pool.query(`UPDATE users SET is_active = false WHERE 'admin' = ANY (roles)`);
    const token = await link();
    const other = await open.pool.connect();
    await other.query('BEGIN');
    await other.query(lockFirstAdmin);
    const answer = register(open, someAddress(), token);
    await eventually(async () => (await other.query(waitingForLock)).rowCount === 1);
    await other.query(`INSERT INTO users (id, email, name, roles) VALUES ($1, $2, 'First', '{user,admin}')`, [
      newId(),
      someAddress(),
    ]);
    await other.query('COMMIT');
    other.release();
    expect(await answer).toMatchObject(notGood);
  });
});

const waitingForLock = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
