import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, TestUser } from '../../../../../test/gateway/test-gateway.js';
import { codeOf, outcomeOf, OauthWorld, pkcePair } from '../../../../../test/oauth/oauth-world.js';
import type { Place } from '../../../../../test/oauth/test-browser.js';
import { githubPerson } from '../../../../../test/oauth/test-github.js';
import { testPerson } from '../../../../../test/oauth/test-person.js';

let world: OauthWorld;
let user: TestUser;

beforeAll(async () => {
  world = await OauthWorld.start();
});
afterAll(() => world.stop());
beforeEach(async () => {
  world.google.person = testPerson();
  world.github.person = githubPerson();
  user = await verified();
});

async function verified(): Promise<TestUser> {
  const person = await world.gateway.signUp();
  await world.gateway.pool.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [person.id]);
  return person;
}

/** Signed in as whoever sits in front of the provider. */
async function signedIn(provider: string): Promise<TestUser> {
  const { body } = await world.exchange(codeOf(await world.signIn(provider)));
  return world.gateway.as(body.user.id, body.tokens.access_token);
}

/** Where a browser ends up that goes through with adding an account. */
async function agree(provider: string, by = user, body: object = {}): Promise<Place> {
  const answer = await by.call('POST', `/auth/oauth/${provider}/link`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return world.browser().open(answer.body.authorization_url);
}

async function link(provider: string, by = user): Promise<Answer> {
  return by.call('POST', '/auth/oauth/identities', { code: codeOf(await agree(provider, by)) });
}

async function trailOf({ id }: TestUser): Promise<{ action: string; details: object }[]> {
  const { rows } = await world.gateway.pool.query<{ action: string; details: object }>(
    `SELECT action, details FROM audit_events
      WHERE actor_id = $1 AND subject_type = 'oauth_identity' AND action LIKE 'oauth.%' ORDER BY id`,
    [id],
  );
  return rows;
}

describe('adding an account at a provider', () => {
  it('lets its owner sign in with it', async () => {
    const { status, body } = await link('google');
    expect(status).toBe(201);
    const { email } = world.google.person;
    expect(body).toEqual({
      id: expect.any(String),
      provider: 'google',
      email,
      last_used_at: null,
      created_at: expect.any(String),
    });
    expect((await signedIn('google')).id).toBe(user.id);
    const { data, total } = (await user.call('GET', '/auth/oauth/identities')).body;
    expect(data).toEqual([{ ...body, last_used_at: expect.any(String) }]);
    expect(total).toBe(1);
    expect(await trailOf(user)).toEqual([{ action: 'oauth.linked', details: { provider: 'google', by: 'person' } }]);
  });

  it('twice changes nothing', async () => {
    const first = await link('github');
    const second = await link('github');
    expect(second.body).toEqual(first.body);
    expect(await trailOf(user)).toHaveLength(1);
  });

  it('is refused when it is somebody else here', async () => {
    const other = await signedIn('google');
    const { status, body } = await link('google');
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'CONFLICT' });
    expect((await signedIn('google')).id).toBe(other.id);
    expect(await trailOf(user)).toEqual([]);
  });

  it('is refused while the address of the account has not been proved', async () => {
    await world.gateway.pool.query('UPDATE users SET email_verified_at = NULL WHERE id = $1', [user.id]);
    const { status, body } = await link('google');
    expect(status).toBe(409);
    expect(body.detail).toMatch(/^Verify your account's address/);
  });

  it('is for the session that began it, whoever went through with it', async () => {
    const victim = await verified();
    const again = await world.gateway.pool.query<{ email: string }>('SELECT email FROM users WHERE id = $1', [user.id]);
    const { body } = await world.gateway.request({
      method: 'POST',
      url: '/api/v1/auth/login',
      payload: { email: again.rows[0]?.email, password: 'correct horse battery staple' },
    });
    const otherSession = world.gateway.as(user.id, body.tokens.access_token);
    for (const by of [victim, otherSession]) {
      const code = codeOf(await agree('google'));
      expect((await by.call('POST', '/auth/oauth/identities', { code })).status).toBe(401);
      expect((await user.call('POST', '/auth/oauth/identities', { code })).status).toBe(401);
    }
    expect((await user.call('GET', '/auth/oauth/identities')).body.total).toBe(0);
  });

  it('gives a code that signs nobody in, and takes none that does', async () => {
    expect((await world.exchange(codeOf(await agree('google')))).status).toBe(401);
    const code = codeOf(await world.signIn('google'));
    expect((await user.call('POST', '/auth/oauth/identities', { code })).status).toBe(401);
  });

  it('keeps to the client that began, the return URLs, and what is set up', async () => {
    const { verifier, challenge } = pkcePair();
    const began = { return_url: 'https://app.test/other', code_challenge: challenge };
    const place = await agree('github', user, began);
    expect(place.url.href).toMatch(/^https:\/\/app\.test\/other\?code=/);
    const proof = { code: codeOf(place), code_verifier: verifier };
    expect(
      (await user.call('POST', '/auth/oauth/identities', { code: codeOf(await agree('github', user, began)) })).status,
    ).toBe(401);
    expect((await user.call('POST', '/auth/oauth/identities', proof)).status).toBe(201);
    const evil = await user.call('POST', '/auth/oauth/google/link', { return_url: 'https://evil.test/' });
    expect(evil).toMatchObject({ status: 400, body: { errors: [{ field: 'return_url' }] } });
    expect((await user.call('POST', '/auth/oauth/myspace/link', {})).status).toBe(404);
  });

  it('comes back with an error like a sign-in', async () => {
    world.google.refuses = true;
    expect(outcomeOf(await agree('google'))).toEqual({ code: null, error: 'access_denied' });
    world.google.refuses = false;
  });
});

describe('taking an account away', () => {
  it('ends signing in with it, and frees it', async () => {
    const { body } = await link('google');
    expect((await user.call('DELETE', `/auth/oauth/identities/${body.id}`)).status).toBe(204);
    expect((await trailOf(user)).at(-1)).toEqual({ action: 'oauth.unlinked', details: { provider: 'google' } });
    expect((await signedIn('google')).id).not.toBe(user.id);
    expect((await user.call('DELETE', `/auth/oauth/identities/${body.id}`)).status).toBe(404);
  });

  it('is refused for the only way in, also to two at once', async () => {
    const person = await signedIn('google');
    await link('github', person);
    const { data } = (await person.call('GET', '/auth/oauth/identities')).body;
    const answers = await Promise.all(
      data.map(({ id }: { id: string }) => person.call('DELETE', `/auth/oauth/identities/${id}`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect((await person.call('GET', '/auth/oauth/identities')).body.total).toBe(1);
  });

  it.each([
    ['a password', `UPDATE users SET password = 'x' WHERE id = $1`, 204],
    [
      'a passkey',
      `INSERT INTO passkeys (id, user_id, name, credential_id, public_key, device_type)
       VALUES (gen_random_uuid(), $1, 'Phone', gen_random_uuid(), '', 'singleDevice')`,
      204,
    ],
    [
      'a passkey that was revoked',
      `INSERT INTO passkeys (id, user_id, name, credential_id, public_key, device_type, revoked_at)
       VALUES (gen_random_uuid(), $1, 'Phone', gen_random_uuid(), '', 'singleDevice', now())`,
      409,
    ],
  ])('with %s left', async (_, change, expected) => {
    const person = await signedIn('google');
    await world.gateway.pool.query(change, [person.id]);
    // Who has a passkey steps up with it.
    await world.gateway.pool.query(`UPDATE sessions SET proved_by = 'passkey' WHERE user_id = $1`, [person.id]);
    const { data } = (await person.call('GET', '/auth/oauth/identities')).body;
    expect((await person.call('DELETE', `/auth/oauth/identities/${data[0].id}`)).status).toBe(expected);
  });

  it('that an account was made with lets the person make another one later', async () => {
    const person = await signedIn('google');
    await world.gateway.pool.query(`UPDATE users SET password = 'x', email = 'moved-' || email WHERE id = $1`, [
      person.id,
    ]);
    const { data } = (await person.call('GET', '/auth/oauth/identities')).body;
    expect((await person.call('DELETE', `/auth/oauth/identities/${data[0].id}`)).status).toBe(204);
    expect((await signedIn('google')).id).not.toBe(person.id);
  });

  it('of somebody else is a 404', async () => {
    const { body } = await link('google');
    const other = await verified();
    expect((await other.call('DELETE', `/auth/oauth/identities/${body.id}`)).status).toBe(404);
    expect((await other.call('GET', '/auth/oauth/identities')).body.data).toEqual([]);
    expect((await user.call('GET', '/auth/oauth/identities')).body.total).toBe(1);
  });
});

it('adding and taking away ask for a recent proof', async () => {
  const { body } = await link('google');
  await world.gateway.pool.query(`UPDATE sessions SET proved_at = now() - interval '1 hour' WHERE user_id = $1`, [
    user.id,
  ]);
  for (const answer of [
    await user.call('POST', '/auth/oauth/google/link', {}),
    await user.call('DELETE', `/auth/oauth/identities/${body.id}`),
  ]) {
    expect(answer).toMatchObject({ status: 403, body: { code: 'STEP_UP_REQUIRED' } });
  }
});
