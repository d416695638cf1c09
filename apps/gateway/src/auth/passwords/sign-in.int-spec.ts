import { randomUUID } from 'node:crypto';
import { AppError } from '@app/contracts';
import { PasswordHasher } from '@app/security';
import * as argon2 from '@node-rs/argon2';
import bcrypt from 'bcrypt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { statementsOf } from '../../../../../test/gateway/statements-of.js';
import { TestGateway, type Answer } from '../../../../../test/gateway/test-gateway.js';

const password = 'correct horse battery staple';
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.start();
});
afterAll(() => gateway.stop());

function login(email: string, secret: string): Promise<Answer> {
  const payload = { email, password: secret };
  return gateway.request({ method: 'POST', url: '/api/v1/auth/login', payload });
}

async function signUp(): Promise<{ id: string; email: string }> {
  const payload = { email: `${randomUUID()}@example.com`, password, name: 'Ada' };
  const { body } = await gateway.request({ method: 'POST', url: '/api/v1/auth/register', payload });
  return body.user;
}

async function hashOf(id: string): Promise<string> {
  return (await gateway.pool.query('SELECT password FROM users WHERE id = $1', [id])).rows[0].password;
}

async function setHash(id: string, hash: string): Promise<void> {
  await gateway.pool.query('UPDATE users SET password = $2 WHERE id = $1', [id, hash]);
}

describe('a sign-in that is refused', () => {
  it('is the same work for an account and for none: one verification and the same statements', async () => {
    const [known, inactive, passwordless] = [await signUp(), await signUp(), await signUp()];
    await gateway.pool.query('UPDATE users SET is_active = false WHERE id = $1', [inactive.id]);
    await gateway.pool.query('UPDATE users SET password = NULL WHERE id = $1', [passwordless.id]);
    const verify = vi.spyOn(gateway.app.get(PasswordHasher), 'verify');
    const work: unknown[] = [];
    for (const email of [known.email, `${randomUUID()}@example.com`, inactive.email, passwordless.email]) {
      verify.mockClear();
      const statements = await statementsOf(() => login(email, `${password}!`));
      work.push({ statements, verifications: verify.mock.calls.length });
    }
    verify.mockRestore();
    expect(work[0]).toMatchObject({ verifications: 1, statements: { length: 2 } });
    expect(new Set(work.map((each) => JSON.stringify(each))).size).toBe(1);
  });

  it('leaves a trail: from where, to which account if there is one, and neither password nor address', async () => {
    const { id, email } = await signUp();
    const nobody = `${randomUUID()}@example.com`;
    const typed = 'the password of somebody, mistyped';
    await gateway.pool.query('DELETE FROM audit_events');
    await login(email, typed);
    await login(nobody, typed);
    const { rows } = await gateway.pool.query('SELECT * FROM audit_events ORDER BY id');
    const refused = { action: 'session.refused', actor_kind: 'anonymous', outcome: 'failure', ip_address: '127.0.0.1' };
    expect(rows).toMatchObject([
      { ...refused, subject_type: 'user', subject_id: id },
      { ...refused, subject_type: null, subject_id: null },
    ]);
    for (const secret of [typed, email, nobody]) expect(JSON.stringify(rows)).not.toContain(secret);
  });
});

describe('a hash that is weaker than those made now', () => {
  it.each(['2a', '2b', '2y'])('of bcrypt ($%s$) lets in, and is one of argon2id from then on', async (kind) => {
    const { id, email } = await signUp();
    const stored = (await bcrypt.hash(password, 4)).replace('$2b$', `$${kind}$`);
    await setHash(id, stored);
    expect((await login(email, `${password}!`)).status).toBe(401);
    expect(await hashOf(id)).toBe(stored);
    expect((await login(email, password)).status).toBe(200);
    expect(await hashOf(id)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await login(email, password)).status).toBe(200);
  });

  it('of argon2id with less memory is made anew', async () => {
    const { id, email } = await signUp();
    await setHash(id, await argon2.hash(password, { memoryCost: 8_192, timeCost: 1, parallelism: 1 }));
    expect((await login(email, password)).status).toBe(200);
    expect(await hashOf(id)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('stays when it is as good as those made now', async () => {
    const { id, email } = await signUp();
    const stored = await hashOf(id);
    await login(email, password);
    expect(await hashOf(id)).toBe(stored);
  });

  it('does not keep anybody out when too many wait for a hash', async () => {
    const { id, email } = await signUp();
    const stored = await bcrypt.hash(password, 4);
    await setHash(id, stored);
    const hasher = gateway.app.get(PasswordHasher);
    const full = new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'user', message: 'Too many.' });
    const hash = vi.spyOn(hasher, 'hash').mockRejectedValue(full);
    expect((await login(email, password)).status).toBe(200);
    hash.mockRestore();
    expect(await hashOf(id)).toBe(stored);
  });
});
