import { OneTimeTokenPurpose } from '@app/contracts';
import { issueOneTimeToken } from '@app/database';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TestGateway, type Answer, type TestUser } from '../../../../../test/gateway/test-gateway.js';
import { AccountMailService } from '../../account-mail/account-mail.service.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.start();
});
afterAll(() => gateway.stop());

async function emailOf(user: TestUser): Promise<string> {
  return (await user.call('GET', '/auth/me')).body.email;
}

/** What the worker does when it sends the mail. */
async function mailedToken(user: TestUser, ttlMs = 60_000): Promise<string> {
  const purpose = OneTimeTokenPurpose.EmailVerification;
  const payload = { email: await emailOf(user) };
  return issueOneTimeToken(gateway.pool, { purpose, userId: user.id, payload, ttlMs });
}

function verify(token: string): Promise<Answer> {
  return gateway.request({ method: 'POST', url: '/api/v1/auth/email/verify', payload: { token } });
}

async function verifiedAt(user: TestUser): Promise<unknown> {
  return (await user.call('GET', '/auth/me')).body.email_verified_at;
}

async function mailsFor({ id }: TestUser): Promise<unknown[]> {
  const sql = `SELECT payload FROM jobs WHERE type = 'email.account' AND user_id = $1 ORDER BY id`;
  return (await gateway.pool.query<{ payload: unknown }>(sql, [id])).rows.map(({ payload }) => payload);
}

describe('the mail that proves an address', () => {
  it('is asked for together with the account', async () => {
    const user = await gateway.signUp();
    expect(await verifiedAt(user)).toBeNull();
    expect(await mailsFor(user)).toEqual([{ mail: 'verification', email: await emailOf(user), user_id: user.id }]);
  });

  it('and the account are there together or not at all', async () => {
    const ask = vi.spyOn(gateway.app.get(AccountMailService), 'ask').mockRejectedValueOnce(new Error('no jobs'));
    const payload = { email: 'half@example.com', password: 'correct horse battery staple', name: 'Ada' };
    const register = () => gateway.request({ method: 'POST', url: '/api/v1/auth/register', payload });
    expect((await register()).status).toBe(500);
    ask.mockRestore();
    expect((await register()).status).toBe(201);
    const { rows } = await gateway.pool.query(
      `SELECT FROM audit_events WHERE action = 'user.created'
      AND subject_id = (SELECT id FROM users WHERE email = $1)`,
      [payload.email],
    );
    expect(rows).toHaveLength(1);
  });

  it('is sent again on request, until the address is proved', async () => {
    const user = await gateway.signUp();
    const again = await user.call('POST', '/auth/email/verification');
    expect(again.status).toBe(202);
    expect(await mailsFor(user)).toHaveLength(2);
    await verify(await mailedToken(user));
    expect((await user.call('POST', '/auth/email/verification')).body).toEqual(again.body);
    expect(await mailsFor(user)).toHaveLength(2);
  });

  it('is for people who are signed in to ask for', async () => {
    const answer = await gateway.request({ method: 'POST', url: '/api/v1/auth/email/verification' });
    expect(answer.status).toBe(401);
  });
});

describe('POST /auth/email/verify', () => {
  it('proves the address for whoever brings the token, once, and voids the other links', async () => {
    const user = await gateway.signUp();
    const [token, other] = [await mailedToken(user), await mailedToken(user)];
    expect(await verify(token)).toMatchObject({ status: 200, body: { message: 'The address is verified.' } });
    expect(await verifiedAt(user)).toEqual(expect.any(String));
    for (const used of [token, other]) expect((await verify(used)).status).toBe(400);
  });

  it('says the same of every token that is not good', async () => {
    const [user, moved] = [await gateway.signUp(), await gateway.signUp()];
    const [expired, ofTheOldAddress] = [await mailedToken(user, -1), await mailedToken(moved)];
    await gateway.pool.query('UPDATE users SET email = $2 WHERE id = $1', [moved.id, `moved-${moved.id}@example.com`]);
    const answers = await Promise.all(['x', expired, ofTheOldAddress].map(verify));
    const seen = answers.map(({ status, body: { code, errors } }) => JSON.stringify({ status, code, errors }));
    expect(answers[0]).toMatchObject({ status: 400, body: { errors: [{ field: 'token' }] } });
    expect(new Set(seen).size).toBe(1);
    expect(await verifiedAt(moved)).toBeNull();
  });

  it('leaves a trail without the token', async () => {
    const user = await gateway.signUp();
    const token = await mailedToken(user);
    await verify(token);
    const sql = `SELECT action, actor_kind, ip_address FROM audit_events
                  WHERE subject_type = 'user' AND subject_id = $1 ORDER BY id`;
    const event = { ip_address: '127.0.0.1', actor_kind: 'user' };
    expect((await gateway.pool.query(sql, [user.id])).rows).toEqual([
      { ...event, action: 'user.created' },
      { ...event, action: 'email.verification_requested' },
      { ...event, action: 'email.verified' },
    ]);
    const { rows } = await gateway.pool.query('SELECT audit_events::text AS row FROM audit_events');
    expect(JSON.stringify(rows)).not.toContain(token);
  });
});
