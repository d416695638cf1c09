import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestPasskeys } from '../../../../../test/gateway/passkeys.js';
import { TestGateway, type Answer, type TestUser } from '../../../../../test/gateway/test-gateway.js';

const password = 'correct horse battery staple';
const sensitive = '/auth/passkeys/register/options';

let gateway: TestGateway;
let passkeys: TestPasskeys;

beforeAll(async () => {
  gateway = await TestGateway.start();
  passkeys = new TestPasskeys(gateway);
});
afterAll(() => gateway.stop());

/** As if everybody had proved who they are ten minutes ago. */
async function laterOn(user: TestUser): Promise<void> {
  await gateway.pool.query(`UPDATE sessions SET proved_at = now() - interval '10 minutes' WHERE user_id = $1`, [
    user.id,
  ]);
}

async function stepUp(user: TestUser, proof: object): Promise<Answer> {
  return user.call('POST', '/auth/step-up', proof);
}

async function eventsOf(user: TestUser): Promise<{ outcome: string; details: object; row: string }[]> {
  const sql = `SELECT outcome, details, audit_events::text AS row FROM audit_events
                WHERE action = 'session.stepped_up' AND actor_id = $1 ORDER BY id`;
  return (await gateway.pool.query(sql, [user.id])).rows;
}

describe('a sensitive action', () => {
  it('is open right after signing in', async () => {
    expect((await (await gateway.signUp()).call('POST', sensitive)).status).toBe(200);
  });

  it('asks later for what the person can prove themselves with', async () => {
    const user = await gateway.signUp();
    await laterOn(user);
    const refused = await user.call('POST', sensitive);
    expect(refused).toMatchObject({
      status: 403,
      body: { code: 'STEP_UP_REQUIRED', needed_proof: { methods: ['password'], max_age_s: 300 } },
    });
    expect(refused.body.detail).toContain('POST /auth/step-up with your password');
  });

  it('asks people without password and passkey to sign in with their provider', async () => {
    const user = await gateway.signUp();
    await gateway.pool.query('UPDATE users SET password = NULL WHERE id = $1', [user.id]);
    await gateway.pool.query(
      `INSERT INTO oauth_identities (id, user_id, provider, subject) VALUES ($1, $2, 'github', $3)`,
      [randomUUID(), user.id, randomUUID()],
    );
    await laterOn(user);
    expect((await user.call('POST', sensitive)).body).toMatchObject({ needed_proof: { methods: ['github'] } });
  });
});

describe('POST /auth/step-up', () => {
  it('takes the password of those who have no passkey', async () => {
    const user = await gateway.signUp();
    await laterOn(user);
    const proved = await stepUp(user, { password });
    expect(proved).toMatchObject({ status: 200, body: { method: 'password' } });
    expect(Date.parse(proved.body.expires_at) - Date.parse(proved.body.proved_at)).toBe(300_000);
    expect((await user.call('POST', sensitive)).status).toBe(200);
    const [event] = await eventsOf(user);
    expect(event).toMatchObject({ outcome: 'success', details: { method: 'password' } });
    expect(event?.row).not.toContain(password);
  });

  it('opens one session, not the others of the person', async () => {
    const user = await gateway.signUp();
    const { rows } = await gateway.pool.query('SELECT email FROM users WHERE id = $1', [user.id]);
    const payload = { email: rows[0].email, password };
    const login = await gateway.request({ method: 'POST', url: '/api/v1/auth/login', payload });
    const other = passkeys.signedIn(login);
    await laterOn(user);
    await stepUp(user, { password });
    expect((await user.call('POST', sensitive)).status).toBe(200);
    expect((await other.call('POST', sensitive)).status).toBe(403);
  });

  it('takes a passkey, and nothing less from those who have one', async () => {
    const user = await gateway.signUp();
    const { key } = await passkeys.of(user);
    expect(await stepUp(user, { password })).toMatchObject({
      status: 403,
      body: { code: 'STEP_UP_REQUIRED', needed_proof: { methods: ['passkey'] } },
    });
    const proof = key.get({ challenge: await passkeys.challenge() });
    expect(await stepUp(user, { passkey: proof })).toMatchObject({ status: 200, body: { method: 'passkey' } });
    expect((await user.call('POST', sensitive)).status).toBe(200);
    expect((await stepUp(user, { passkey: proof })).status).toBe(401);
    await laterOn(user);
    expect((await user.call('POST', sensitive)).status).toBe(403);
  });

  it('keeps the better proof when somebody tries a password', async () => {
    const { user } = await passkeys.signUp();
    await stepUp(user, { password });
    expect((await user.call('POST', sensitive)).status).toBe(200);
  });

  it.each<[string, (mine: string) => Promise<object>]>([
    ['a wrong password', async () => ({ password: `${password}!` })],
    ["somebody else's passkey", async () => ({ passkey: await assertionOf(await gateway.signUp()) })],
  ])('refuses %s', async (_, proof) => {
    const user = await gateway.signUp();
    await laterOn(user);
    expect(await stepUp(user, await proof(user.id))).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
    expect((await user.call('POST', sensitive)).status).toBe(403);
    expect((await eventsOf(user)).at(-1)).toMatchObject({ outcome: 'failure' });
  });

  it('refuses a passkey that verified nobody', async () => {
    const user = await gateway.signUp();
    const { key } = await passkeys.of(user);
    const passkey = key.get({ challenge: await passkeys.challenge(), isVerified: false });
    expect((await stepUp(user, { passkey })).status).toBe(401);
    expect((await eventsOf(user)).at(-1)).toMatchObject({ details: { method: 'passkey', reason: 'not_verified' } });
  });

  it('refuses a password that a person does not have', async () => {
    const user = await gateway.signUp();
    await gateway.pool.query('UPDATE users SET password = NULL WHERE id = $1', [user.id]);
    expect((await stepUp(user, { password })).status).toBe(401);
  });

  it('wants one proof', async () => {
    const { user, key } = await passkeys.signUp();
    const passkey = key.get({ challenge: await passkeys.challenge() });
    for (const proof of [{}, { password, passkey }]) expect((await stepUp(user, proof)).status).toBe(400);
  });

  it('is for people who are signed in', async () => {
    const answer = await gateway.request({ method: 'POST', url: '/api/v1/auth/step-up', payload: { password } });
    expect(answer.status).toBe(401);
  });
});

describe('STEP_UP_MAX_AGE', () => {
  it('says how old a proof may be', async () => {
    const patient = await gateway.replica({ STEP_UP_MAX_AGE: '20m' });
    const user = await gateway.signUp();
    await laterOn(user);
    const headers = { authorization: user.authorization };
    const answer = await patient.request({ method: 'POST', url: `/api/v1${sensitive}`, headers });
    expect(answer.status).toBe(200);
    await patient.stop();
  });
});

async function assertionOf(owner: TestUser): Promise<object> {
  const { key } = await passkeys.of(owner);
  return key.get({ challenge: await passkeys.challenge() });
}
