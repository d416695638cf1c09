import { newId } from '@app/contracts';
import { issueOneTimeToken } from '@app/database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditOf } from '../../../../../test/gateway/people.js';
import { TestGateway } from '../../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.start();
});
afterAll(() => gateway.stop());

async function mailsTo(email: string): Promise<{ mail: string; user_id: string }[]> {
  const sql = `SELECT payload FROM jobs WHERE type = 'email.account' AND payload->>'email' = $1`;
  return (await gateway.pool.query(sql, [email])).rows.map(({ payload }) => payload);
}

describe('my profile', () => {
  it('shows who I am, and changes what I say', async () => {
    const user = await gateway.signUp();
    const shown = await user.call('GET', '/users/me');
    expect(shown).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: { id: user.id, name: 'Ada' } });
    expect(shown.body).not.toHaveProperty('password');
    const changes = { name: 'Ada L.', avatar: 'https://example.com/a.png', metadata: { theme: 'dark' } };
    const changed = await user.call('PATCH', '/users/me', changes);
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: { ...changes, version: 2 } });
    const cleared = await user.call('PATCH', '/users/me', { avatar: null });
    expect(cleared.body).toMatchObject({ ...changes, avatar: null, version: 3 });
    expect((await user.call('GET', '/auth/me')).body).toEqual(cleared.body);
  });

  it('leaves before and after in the trail, of metadata only what it is called', async () => {
    const user = await gateway.signUp();
    await user.call('PATCH', '/users/me', { name: 'Ada L.', metadata: { token: 'sesame' } });
    expect((await auditOf(gateway, user.id)).filter(({ action }) => action === 'user.updated')).toEqual([
      {
        action: 'user.updated',
        actor_kind: 'user',
        actor_id: user.id,
        outcome: 'success',
        before: { name: 'Ada', metadata: [] },
        after: { name: 'Ada L.', metadata: ['token'] },
        details: {},
      },
    ]);
    expect(JSON.stringify(await auditOf(gateway, user.id))).not.toContain('sesame');
  });

  it('is written by those who saw its newest version, when they say so', async () => {
    const user = await gateway.signUp();
    const patch = (name: string) => user.call('PATCH', '/users/me', { name }, { 'if-match': '"1"' });
    const answers = await Promise.all([patch('B'), patch('C')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const current = (await user.call('GET', '/users/me')).body.name;
    expect((await patch(current)).status).toBe(412);
  });

  it('does not change when nothing is different', async () => {
    const user = await gateway.signUp();
    expect((await user.call('PATCH', '/users/me', { name: 'Ada' })).body.version).toBe(1);
    expect((await user.call('PATCH', '/users/me', {})).body.version).toBe(1);
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: null }, 'name'],
    [{ avatar: 'http://example.com/a.png' }, 'avatar'],
    [{ avatar: 'javascript:alert(1)' }, 'avatar'],
    [{ metadata: null }, 'metadata'],
    [{ metadata: [] }, 'metadata'],
    [{ email: 'a@example.com' }, 'email'],
    [{ roles: ['admin'] }, 'roles'],
    [{ is_active: false }, 'is_active'],
  ])('refuses %j', async (body, field) => {
    const user = await gateway.signUp();
    const refused = await user.call('PATCH', '/users/me', body);
    expect(refused).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED', errors: [{ field }] } });
  });

  it('holds 16 KiB of metadata', async () => {
    const user = await gateway.signUp();
    const metadata = { text: 'x'.repeat(16_384 - '{"text":""}'.length) };
    expect((await user.call('PATCH', '/users/me', { metadata })).status).toBe(200);
    const more = await user.call('PATCH', '/users/me', { metadata: { text: `${metadata.text}x` } });
    expect(more).toMatchObject({ status: 400, body: { errors: [{ field: 'metadata' }] } });
  });
});

describe('my address', () => {
  it('is unverified when it is new, and mails go there', async () => {
    const user = await gateway.signUp();
    await gateway.pool.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
    for (const purpose of ['email_verification', 'password_reset'] as const) {
      await issueOneTimeToken(gateway.pool, { purpose, userId: user.id, ttlMs: 60_000 });
    }
    const email = `${newId()}@example.com`;
    const before = (await user.call('GET', '/users/me')).body.email;
    const changed = await user.call('PUT', '/users/me/email', { email });
    expect(changed).toMatchObject({ status: 200, body: { email, email_verified_at: null, version: 2 } });
    expect(await mailsTo(email)).toContainEqual({ mail: 'verification', email, user_id: user.id });
    const notice = { mail: 'email_changed', email: before, user_id: user.id };
    expect(await mailsTo(before)).toContainEqual(notice);
    await user.call('PUT', '/users/me/email', { email: before });
    expect((await mailsTo(email)).map(({ mail }) => mail)).toEqual(['verification']);
    const { rows } = await gateway.pool.query(
      'SELECT count(*)::int AS good FROM one_time_tokens WHERE user_id = $1 AND used_at IS NULL',
      [user.id],
    );
    expect(rows).toEqual([{ good: 0 }]);
    const changes = (await auditOf(gateway, user.id)).filter(({ action }) => action === 'user.updated');
    expect(changes[0]).toMatchObject({ before: { email: before }, after: { email } });
  });

  it('is taken when another account has it, in whatever case', async () => {
    const [user, other] = [await gateway.signUp(), await gateway.signUp()];
    const taken = (await other.call('GET', '/users/me')).body.email;
    const refused = await user.call('PUT', '/users/me/email', { email: taken.toUpperCase() });
    expect(refused).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    expect((await user.call('GET', '/users/me')).body.version).toBe(1);
    expect(await mailsTo(taken.toUpperCase())).toEqual([]);
  });

  it('asks for a recent proof', async () => {
    const user = await gateway.signUp();
    await gateway.pool.query(`UPDATE sessions SET proved_at = now() - interval '1 day' WHERE user_id = $1`, [user.id]);
    const refused = await user.call('PUT', '/users/me/email', { email: 'new@example.com' });
    expect(refused.body).toMatchObject({ code: 'STEP_UP_REQUIRED' });
    expect((await user.call('PATCH', '/users/me', { name: 'Ada L.' })).status).toBe(200);
  });
});
