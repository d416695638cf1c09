import { eventually } from '@app/testing';
import type { TestGateway, TestUser } from './test-gateway.js';

const PASSWORD = 'correct horse battery staple';

/**
 * Signs somebody in once more, in a session of its own: the first one goes on. Tokens of the second in which everything
 * of a user was revoked count as issued before, so it may take a second try.
 */
export function signInAgain(gateway: TestGateway, user: { id: string }): Promise<TestUser> {
  return eventually(
    async () => {
      const signedIn = await signIn(gateway, user);
      return (await signedIn.call('GET', '/auth/me')).status === 200 && signedIn;
    },
    { timeoutMs: 5_000, everyMs: 250 },
  );
}

async function signIn(gateway: TestGateway, { id }: { id: string }): Promise<TestUser> {
  const { rows } = await gateway.pool.query('SELECT email FROM users WHERE id = $1', [id]);
  const payload = { email: rows[0].email, password: PASSWORD };
  const { body } = await gateway.request({ method: 'POST', url: '/api/v1/auth/login', payload });
  const authorization = `Bearer ${body.tokens.access_token}`;
  return {
    id,
    authorization,
    call: (method, path, content, headers) =>
      gateway.request({
        method: method as 'GET',
        url: `/api/v1${path}`,
        headers: { authorization, ...headers },
        ...(content !== undefined && { payload: content as object }),
      }),
  };
}

/** A new account with the role admin, signed in. */
export async function signUpAdmin(gateway: TestGateway): Promise<TestUser> {
  const user = await gateway.signUp();
  await gateway.pool.query(`UPDATE users SET roles = '{user,admin}' WHERE id = $1`, [user.id]);
  return signInAgain(gateway, user);
}

/** What the audit trail holds about an account, oldest first. */
export async function auditOf(gateway: TestGateway, userId: string): Promise<Record<string, unknown>[]> {
  const { rows } = await gateway.pool.query(
    `SELECT action, actor_kind, actor_id, outcome, before, after, details FROM audit_events
     WHERE subject_type = 'user' AND subject_id = $1 ORDER BY id`,
    [userId],
  );
  return rows;
}
