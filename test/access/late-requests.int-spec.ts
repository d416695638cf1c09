import { eventually } from '@app/testing';
import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signUpAdmin } from '../gateway/people.js';
import { ORIGIN, TestPasskeys } from '../gateway/passkeys.js';
import { SoftwareAuthenticator } from '../gateway/software-authenticator.js';
import type { Answer, TestUser } from '../gateway/test-gateway.js';
import { codeOf, OauthWorld } from '../oauth/oauth-world.js';
import { testPerson } from '../oauth/test-person.js';

/** Requests that were let in a moment before something was taken back, and arrive after it. */
let world: OauthWorld;
let user: TestUser;

beforeAll(async () => {
  world = await OauthWorld.start();
});
afterAll(() => world.stop());
beforeEach(async () => {
  world.google.person = testPerson();
  user = await world.gateway.signUp();
  await world.gateway.pool.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
});

/** Ends the sessions as another gateway does, of which this one has not heard yet. */
async function endSessions(db: Pick<PoolClient, 'query'> = world.gateway.pool): Promise<void> {
  await db.query('UPDATE sessions SET revoked_at = now() WHERE user_id = $1', [user.id]);
}

/** Has a request go as far as it comes while another transaction changes the account, and on when that is committed. */
async function overtaken(
  ask: () => Promise<Answer>,
  change: (client: PoolClient) => Promise<unknown>,
): Promise<Answer> {
  const client = await world.gateway.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [user.id]);
    await change(client);
    const answer = ask();
    await eventually(async () => {
      const { rows } = await world.gateway.pool.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });
    await client.query('COMMIT');
    return await answer;
  } finally {
    client.release();
  }
}

async function rowsOf(table: 'api_keys' | 'passkeys' | 'oauth_identities' | 'sessions'): Promise<number> {
  const good = table === 'oauth_identities' ? '' : 'AND revoked_at IS NULL';
  const { rowCount } = await world.gateway.pool.query(`SELECT FROM ${table} WHERE user_id = $1 ${good}`, [user.id]);
  return rowCount ?? 0;
}

describe('a session that ended a moment ago', () => {
  it('keeps no passkey', async () => {
    const { challenge, user: named } = await new TestPasskeys(world.gateway).creationOptions(user);
    const key = new SoftwareAuthenticator(ORIGIN);
    key.userHandle = named.id;
    await endSessions();
    const answer = await user.call('POST', '/auth/passkeys/register/verify', { credential: key.create({ challenge }) });
    expect(answer.status).toBe(401);
    expect(await rowsOf('passkeys')).toBe(0);
  });

  it('adds no account at a provider', async () => {
    const { body } = await user.call('POST', '/auth/oauth/google/link', {});
    const code = codeOf(await world.browser().open(body.authorization_url));
    await endSessions();
    expect((await user.call('POST', '/auth/oauth/identities', { code })).status).toBe(401);
    expect(await rowsOf('oauth_identities')).toBe(0);
  });

  it('makes no API key, of its own or of a machine', async () => {
    const machine = await user.call('POST', '/service-accounts', { name: 'CI' });
    for (const path of ['/api-keys', `/service-accounts/${machine.body.id}/keys`]) {
      const other = await overtaken(() => user.call('POST', path, { name: 'CI', scopes: ['runs:read'] }), endSessions);
      expect(other.status, path).toBe(401);
      await world.gateway.pool.query('UPDATE sessions SET revoked_at = NULL WHERE user_id = $1', [user.id]);
    }
    const { rowCount } = await world.gateway.pool.query('SELECT FROM api_keys WHERE user_id IN ($1, $2)', [
      user.id,
      machine.body.id,
    ]);
    expect(rowCount).toBe(0);
  });

  it('gives the account no other address', async () => {
    const email = `${randomUUID()}@example.com`;
    expect((await overtaken(() => user.call('PUT', '/users/me/email', { email }), endSessions)).status).toBe(401);
  });
});

describe('a sign-in that was under way', () => {
  it('with a password is refused when the password is another one by now', async () => {
    const { rows } = await world.gateway.pool.query('SELECT email FROM users WHERE id = $1', [user.id]);
    const payload = { email: rows[0].email, password: 'correct horse battery staple' };
    const answer = await overtaken(
      () => world.gateway.request({ method: 'POST', url: '/api/v1/auth/login', payload }),
      (client) => client.query('UPDATE users SET password = $2 WHERE id = $1', [user.id, 'another hash']),
    );
    expect(answer.status).toBe(401);
    expect(await rowsOf('sessions')).toBe(1);
  });

  it('with a provider is refused when the person has signed out everywhere', async () => {
    const { rows } = await world.gateway.pool.query('SELECT email FROM users WHERE id = $1', [user.id]);
    world.google.person = { ...testPerson(), email: rows[0].email };
    const code = codeOf(await world.signIn('google'));
    expect((await user.call('DELETE', '/auth/sessions')).status).toBe(204);
    expect((await world.exchange(code)).status).toBe(401);
    expect(await rowsOf('sessions')).toBe(0);
  });
});

describe('an administrator whose role was taken a moment ago', () => {
  it('changes nobody, nor themselves back', async () => {
    const admin = await signUpAdmin(world.gateway);
    await world.gateway.pool.query(`UPDATE users SET roles = '{user}' WHERE id = $1`, [admin.id]);
    const answer = await admin.call('PATCH', `/users/${admin.id}`, { roles: ['user', 'admin'] });
    expect(answer).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });
});
