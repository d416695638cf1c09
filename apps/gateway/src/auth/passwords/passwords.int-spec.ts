import { randomUUID } from 'node:crypto';
import { newId, OneTimeTokenPurpose } from '@app/contracts';
import { issueOneTimeToken } from '@app/database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statementsOf } from '../../../../../test/gateway/statements-of.js';
import { TestGateway, type Answer } from '../../../../../test/gateway/test-gateway.js';

const password = 'correct horse battery staple';
const another = 'incorrect mule generator paperclip';
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.start();
});
afterAll(() => gateway.stop());

interface Person {
  id: string;
  email: string;
  authorization: string;
}

function post(path: string, payload: object, authorization?: string): Promise<Answer> {
  const headers = authorization === undefined ? {} : { authorization };
  return gateway.request({ method: 'POST', url: `/api/v1/auth/${path}`, payload, headers });
}

async function signUp(): Promise<Person> {
  const email = `${randomUUID()}@example.com`;
  const { status, body } = await post('register', { email, password, name: 'Ada' });
  expect(status, JSON.stringify(body)).toBe(201);
  return { id: body.user.id, email, authorization: `Bearer ${body.tokens.access_token}` };
}

/** What the worker does when it sends the mail. */
function resetToken({ id, email }: { id: string; email: string }, ttlMs = 60_000): Promise<string> {
  const purpose = OneTimeTokenPurpose.PasswordReset;
  return issueOneTimeToken(gateway.pool, { purpose, userId: id, payload: { email }, ttlMs });
}

async function signIn(email: string, secret: string): Promise<number> {
  return (await post('login', { email, password: secret })).status;
}

async function me(authorization: string): Promise<Answer> {
  return gateway.request({ method: 'GET', url: '/api/v1/auth/me', headers: { authorization } });
}

async function mailsTo(email: string): Promise<unknown[]> {
  const sql = `SELECT payload FROM jobs WHERE type = 'email.account' AND payload->>'email' = $1 ORDER BY id`;
  const { rows } = await gateway.pool.query<{ payload: unknown }>(sql, [email]);
  return rows.map(({ payload }) => payload);
}

async function actionsOf(id: string): Promise<string[]> {
  const sql = `SELECT action || coalesce(nullif(' ' || outcome, ' success'), '') AS action FROM audit_events
                WHERE subject_id = $1 ORDER BY id`;
  return (await gateway.pool.query<{ action: string }>(sql, [id])).rows.map(({ action }) => action);
}

async function expectNoSecretAudited(...secrets: string[]): Promise<void> {
  const { rows } = await gateway.pool.query<{ row: string }>('SELECT audit_events::text AS row FROM audit_events');
  const text = rows.map(({ row }) => row).join('\n');
  for (const secret of secrets) expect(text).not.toContain(secret);
}

describe('POST /auth/password/forgot', () => {
  it('answers, and asks for a mail, in the same way whether there is such an account or not', async () => {
    const { email } = await signUp();
    const emails = [email, `${randomUUID()}@example.com`];
    const answers = await Promise.all(emails.map((each) => post('password/forgot', { email: each })));
    for (const { status } of answers) expect(status).toBe(202);
    expect(answers[1]?.body).toEqual(answers[0]?.body);
    for (const each of emails) expect((await mailsTo(each)).at(-1)).toEqual({ mail: 'password_reset', email: each });
  });

  it('does the same work: the same statements one after the other', async () => {
    const { email } = await signUp();
    const counted = (address: string): Promise<string[]> =>
      statementsOf(() => post('password/forgot', { email: address }));
    const existing = await counted(email);
    expect(existing.length).toBeGreaterThan(2);
    expect(await counted(`${randomUUID()}@example.com`)).toEqual(existing);
  });

  it('leaves a trail that says from where, and neither who nor which address', async () => {
    const email = `${randomUUID()}@example.com`;
    await post('password/forgot', { email });
    const { rows } = await gateway.pool.query('SELECT * FROM audit_events ORDER BY id DESC LIMIT 1');
    const event = { action: 'password.reset_requested', actor_kind: 'anonymous', subject_id: null };
    expect(rows).toMatchObject([{ ...event, ip_address: '127.0.0.1' }]);
    await expectNoSecretAudited(email);
  });
});

describe('POST /auth/password/reset', () => {
  it('sets the password, ends every session and tells the person', async () => {
    const person = await signUp();
    const token = await resetToken(person);
    const answer = await post('password/reset', { token, password: another });
    expect(answer).toMatchObject({ status: 200, body: { message: expect.any(String) } });
    expect((await me(person.authorization)).status).toBe(401);
    expect(await signIn(person.email, password)).toBe(401);
    expect(await signIn(person.email, another)).toBe(200);
    expect((await mailsTo(person.email)).at(-1)).toMatchObject({ mail: 'password_changed', user_id: person.id });
    expect(await actionsOf(person.id)).toEqual(expect.arrayContaining(['email.verified', 'password.reset']));
    await expectNoSecretAudited(token, another);
  });

  it('takes the address for proved, because the mail was read', async () => {
    const person = await signUp();
    expect((await me(person.authorization)).body.email_verified_at).toBeNull();
    await post('password/reset', { token: await resetToken(person), password: another });
    const { body } = await post('login', { email: person.email, password: another });
    expect(body.user.email_verified_at).toEqual(expect.any(String));
  });

  it('voids the other links, and the one that was used', async () => {
    const person = await signUp();
    const [used, other] = [await resetToken(person), await resetToken(person)];
    expect((await post('password/reset', { token: used, password: another })).status).toBe(200);
    for (const token of [used, other]) expect((await post('password/reset', { token, password })).status).toBe(400);
    expect(await signIn(person.email, another)).toBe(200);
  });

  it('lets one of many at once with the same link win', async () => {
    const person = await signUp();
    const token = await resetToken(person);
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, n) => post('password/reset', { token, password: `${another} ${n}` })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400]);
  });

  it('says the same of every link that is not good', async () => {
    const [person, inactive, moved] = [await signUp(), await signUp(), await signUp()];
    const tokens = [
      'x',
      await resetToken(person, -1),
      await resetToken(inactive),
      await resetToken({ id: moved.id, email: 'the-address-before@example.com' }),
      await issueOneTimeToken(gateway.pool, {
        purpose: OneTimeTokenPurpose.EmailVerification,
        userId: person.id,
        payload: { email: person.email },
        ttlMs: 60_000,
      }),
    ];
    await gateway.pool.query('UPDATE users SET is_active = false WHERE id = $1', [inactive.id]);
    const answers = await Promise.all(tokens.map((token) => post('password/reset', { token, password: another })));
    const seen = answers.map(({ status, body: { code, errors } }) => JSON.stringify({ status, code, errors }));
    expect(answers[0]).toMatchObject({ status: 400, body: { errors: [{ field: 'token' }] } });
    expect(new Set(seen).size).toBe(1);
    expect((await me(person.authorization)).status).toBe(200);
  });

  it('leaves the link good when the password is not', async () => {
    const person = await signUp();
    const token = await resetToken(person);
    const poor = await post('password/reset', { token, password: 'Qwertyuiop' });
    expect(poor).toMatchObject({ status: 400, body: { errors: [{ field: 'password' }] } });
    expect((await post('password/reset', { token, password: another })).status).toBe(200);
  });

  it('takes back what a stranger set up who made the account before the address was proved', async () => {
    const [stranger, owner] = [await signUp(), await signUp()];
    await gateway.pool.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [owner.id]);
    for (const { id } of [stranger, owner]) {
      await gateway.pool.query(
        `INSERT INTO passkeys (id, user_id, name, credential_id, public_key, device_type)
         VALUES ($1::uuid, $2, 'key', $1::uuid::text, '', 'singleDevice')`,
        [newId(), id],
      );
      await gateway.pool.query(
        `INSERT INTO api_keys (id, user_id, name, prefix, key_hash, scopes, expires_at)
         VALUES ($1::uuid, $2, 'key', $3, $1::uuid::text, '{}', now() + interval '1 day')`,
        [newId(), id, newId().slice(-12)],
      );
    }
    for (const person of [stranger, owner])
      await post('password/reset', { token: await resetToken(person), password: another });
    const left = `SELECT (SELECT count(*)::int FROM passkeys WHERE user_id = $1 AND revoked_at IS NULL) AS passkeys,
                         (SELECT count(*)::int FROM api_keys WHERE user_id = $1 AND revoked_at IS NULL) AS api_keys`;
    expect((await gateway.pool.query(left, [stranger.id])).rows).toEqual([{ passkeys: 0, api_keys: 0 }]);
    expect((await gateway.pool.query(left, [owner.id])).rows).toEqual([{ passkeys: 1, api_keys: 1 }]);
  });
});

describe('POST /auth/password/change', () => {
  it('replaces the password, goes on here and ends the other sessions', async () => {
    const person = await signUp();
    const other = `Bearer ${(await post('login', { email: person.email, password })).body.tokens.access_token}`;
    const link = await resetToken(person);
    const body = { current_password: password, new_password: another };
    expect((await post('password/change', body, person.authorization)).status).toBe(200);
    expect((await me(person.authorization)).status).toBe(200);
    expect((await me(other)).status).toBe(401);
    expect(await signIn(person.email, another)).toBe(200);
    expect((await post('password/reset', { token: link, password })).status).toBe(400);
    expect((await mailsTo(person.email)).at(-1)).toMatchObject({ mail: 'password_changed', user_id: person.id });
    expect(await actionsOf(person.id)).toContain('password.changed');
    await expectNoSecretAudited(password, another);
  });

  it('asks for the current one, and remembers that somebody did not know it', async () => {
    const person = await signUp();
    const body = { current_password: `${password}!`, new_password: another };
    const answer = await post('password/change', body, person.authorization);
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'current_password', message: 'is wrong' }] },
    });
    expect(await signIn(person.email, password)).toBe(200);
    expect(await actionsOf(person.id)).toContain('password.changed failure');
  });

  it('holds the new one to the rules', async () => {
    const { email, authorization } = await signUp();
    for (const poor of ['short', 'QWERTYUIOP', email]) {
      const answer = await post('password/change', { current_password: password, new_password: poor }, authorization);
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'new_password' }] } });
    }
  });

  it('is for people who are signed in', async () => {
    expect((await post('password/change', { current_password: password, new_password: another })).status).toBe(401);
  });
});

describe('POST /auth/password/set', () => {
  it('gives a password to whoever has none, once', async () => {
    const person = await signUp();
    await gateway.pool.query('UPDATE users SET password = NULL WHERE id = $1', [person.id]);
    const change = { current_password: '', new_password: another };
    expect(await post('password/change', change, person.authorization)).toMatchObject({ status: 409 });
    expect((await post('password/set', { new_password: another }, person.authorization)).status).toBe(200);
    expect(await signIn(person.email, another)).toBe(200);
    expect(await post('password/set', { new_password: password }, person.authorization)).toMatchObject({ status: 409 });
  });

  it('asks for a recent proof', async () => {
    const person = await signUp();
    await gateway.pool.query(`UPDATE users SET password = NULL WHERE id = $1`, [person.id]);
    await gateway.pool.query(`UPDATE sessions SET proved_at = now() - interval '1 day' WHERE user_id = $1`, [
      person.id,
    ]);
    const answer = await post('password/set', { new_password: another }, person.authorization);
    expect(answer.body).toMatchObject({ code: 'STEP_UP_REQUIRED' });
  });
});
