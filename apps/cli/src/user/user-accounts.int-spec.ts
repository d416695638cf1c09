import { OneTimeTokenPurpose } from '@app/contracts';
import { findOneTimeToken } from '@app/database';
import { PasswordHasher } from '@app/security';
import { testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FirstAdminService } from './first-admin.service.js';
import { UserAccountsService } from './user-accounts.service.js';

const password = 'correct horse battery staple';
const accounts = new UserAccountsService();
let database: TestDatabase;
let pool: Pool;
let env: Record<string, string>;

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 2 });
  env = { DATABASE_URL: database.url, PUBLIC_URL: 'https://platform.test', ENVIRONMENT: 'test' };
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function userRow(email: string): Promise<Record<string, unknown>> {
  return (await pool.query('SELECT * FROM users WHERE email = $1', [email])).rows[0];
}

async function trailOf(id: unknown): Promise<Record<string, unknown>[]> {
  const sql =
    'SELECT action, actor_kind, actor_id, before, after, details FROM audit_events WHERE subject_id = $1 ORDER BY id';
  return (await pool.query(sql, [id])).rows;
}

function tokenOf(link = ''): string {
  return link.split('#token=')[1] ?? '';
}

const person = (email: string) => ({ email, name: 'Ada', admin: false, password });
const operator = { actor_kind: 'operator', actor_id: null };

describe('user create', () => {
  it('makes an administrator who can sign in, and says who did it', async () => {
    const made = await accounts.create(env, { ...person('admin@example.org'), admin: true });
    expect(made).toEqual({ id: expect.any(String), email: 'admin@example.org', roles: ['user', 'admin'] });
    const row = await userRow('admin@example.org');
    expect(row).toMatchObject({ roles: ['user', 'admin'], email_verified_at: expect.any(Date) });
    const hasher = new PasswordHasher({ concurrency: 1 });
    expect(await hasher.verify(password, String(row['password']))).toBe(true);
    const trail = await trailOf(made.id);
    expect(trail).toMatchObject([{ ...operator, action: 'user.created', details: { roles: ['user', 'admin'] } }]);
    expect(JSON.stringify(trail)).not.toContain(password);
  });

  it('makes a hash that costs what those of the gateway do', async () => {
    const cheap = { ...env, PASSWORD_HASH_MEMORY: '20MiB', PASSWORD_HASH_PASSES: '2' };
    await accounts.create(cheap, person('cheap@example.org'));
    expect((await userRow('cheap@example.org'))['password']).toMatch(/^\$argon2id\$v=19\$m=20480,t=2,p=1\$/);
  });

  it('prints a link instead of asking for a password', async () => {
    const made = await accounts.create(env, { ...person('link@example.org'), password: undefined });
    expect(made.link).toMatch(/^https:\/\/platform\.test\/account\/reset-password#token=[\w-]{43}$/);
    const token = await findOneTimeToken(pool, OneTimeTokenPurpose.PasswordReset, tokenOf(made.link));
    expect(token).toMatchObject({ userId: made.id, payload: { email: 'link@example.org' } });
    expect((await userRow('link@example.org'))['password']).toBeNull();
  });

  it('refuses what the API would refuse', async () => {
    await accounts.create(env, person('twice@example.org'));
    await expect(accounts.create(env, person('Twice@example.org'))).rejects.toThrow('has an account already');
    await expect(accounts.create(env, person('nobody'))).rejects.toThrow('"nobody" is no e-mail address');
    const common = { ...person('new@example.org'), password: 'qwertyuiop' };
    await expect(accounts.create(env, common)).rejects.toThrow('is one of the most common passwords');
    const short = accounts.create({ ...env, PASSWORD_MIN_LENGTH: '30' }, person('new@example.org'));
    await expect(short).rejects.toThrow('must have at least 30 characters');
    expect(await userRow('new@example.org')).toBeUndefined();
  });
});

describe('user promote', () => {
  it('gives the role once, and revokes what was issued without it', async () => {
    const { id } = await accounts.create(env, person('promoted@example.org'));
    expect(await accounts.promote(env, 'Promoted@example.org')).toBe(true);
    expect(await accounts.promote(env, 'promoted@example.org')).toBe(false);
    expect(await userRow('promoted@example.org')).toMatchObject({ roles: ['user', 'admin'], version: 2 });
    const { rows } = await pool.query('SELECT kind FROM revocations WHERE subject_id = $1', [id]);
    expect(rows).toEqual([{ kind: 'user' }]);
    const change = { before: { roles: ['user'] }, after: { roles: ['user', 'admin'] } };
    expect((await trailOf(id)).slice(1)).toMatchObject([{ ...operator, action: 'user.updated', ...change }]);
  });

  it('says that there is nobody of that address', async () => {
    const nobody = accounts.promote(env, 'nobody@example.org');
    await expect(nobody).rejects.toThrow('Nobody has an account with the address nobody@example.org.');
  });
});

describe('user disable', () => {
  it('ends the sessions and revokes what the person and their machines were issued', async () => {
    const { id } = await accounts.create(env, person('disabled@example.org'));
    const machine = '01a20529-c731-7000-a37b-99704a244450';
    const session = '01a20529-c731-7000-a37b-99704a244451';
    await pool.query(
      `INSERT INTO users (id, email, name, kind, owner_id) VALUES ($1, 'm@machine.invalid', 'M', 'service', $2)`,
      [machine, id],
    );
    await pool.query(
      `INSERT INTO sessions (id, user_id, token_hash, refresh_token_hash, expires_at)
       VALUES ($1, $2, 'a', 'b', now() + interval '1 day')`,
      [session, id],
    );
    expect(await accounts.disable(env, 'disabled@example.org')).toBe(true);
    expect(await accounts.disable(env, 'disabled@example.org')).toBe(false);
    expect(await userRow('disabled@example.org')).toMatchObject({ is_active: false });
    const ended = await pool.query('SELECT FROM sessions WHERE id = $1 AND revoked_at IS NOT NULL', [session]);
    expect(ended.rowCount).toBe(1);
    const revoked = await pool.query('SELECT FROM revocations WHERE subject_id = ANY ($1)', [[id, machine]]);
    expect(revoked.rowCount).toBe(2);
    expect((await trailOf(id)).at(-1)).toMatchObject({ ...operator, action: 'user.deactivated' });
    expect(await trailOf(session)).toMatchObject([{ ...operator, action: 'session.ended' }]);
  });
});

describe('the link for the first administrator', () => {
  const firstAdmin = new FirstAdminService();
  const origin = 'http://127.0.0.1:8080';

  it('is not given while there is one', async () => {
    expect(await firstAdmin.link(env, origin)).toBeUndefined();
  });

  it('replaces the one that was given before, and leads to where the platform is', async () => {
    await pool.query(`UPDATE users SET is_active = false WHERE 'admin' = ANY (roles)`);
    const { DATABASE_URL = '' } = env;
    const [first, second] = [await firstAdmin.link({ DATABASE_URL }, origin), await firstAdmin.link(env, origin)];
    expect(first).toMatch(/^http:\/\/127\.0\.0\.1:8080\/account\/register#token=[\w-]{43}$/);
    expect(second).toMatch(/^https:\/\/platform\.test\/account\/register#token=/);
    expect(await findOneTimeToken(pool, OneTimeTokenPurpose.FirstAdmin, tokenOf(first))).toBeUndefined();
    expect(await findOneTimeToken(pool, OneTimeTokenPurpose.FirstAdmin, tokenOf(second))).toBeDefined();
  });
});
