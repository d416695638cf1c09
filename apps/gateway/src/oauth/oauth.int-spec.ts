import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, OauthWorld, returnUrl } from '../../../../test/oauth/oauth-world.js';
import { githubPerson } from '../../../../test/oauth/test-github.js';
import { testPerson, type TestPerson } from '../../../../test/oauth/test-person.js';

let world: OauthWorld;

beforeAll(async () => {
  world = await OauthWorld.start();
});
afterAll(() => world.stop());

/** Puts somebody new in front of every provider. */
function somebody(changes: Partial<TestPerson> = {}): TestPerson {
  const person = testPerson(changes);
  world.google.person = person;
  world.apple.person = person;
  world.github.person = githubPerson({ email: person.email, name: person.name, isVerified: person.isVerified });
  return person;
}

beforeEach(() => {
  somebody();
});

const providers = ['google', 'apple', 'github'] as const;

describe.each(providers)('signing in with %s', (provider) => {
  it('makes an account with the verified address and no password, and signs in', async () => {
    const { email } = somebody();
    const place = await world.signIn(provider);
    expect(`${place.url.origin}${place.url.pathname}?from=${place.url.searchParams.get('from')}`).toBe(returnUrl);
    const { status, body, headers } = await world.exchange(codeOf(place));
    expect(status, JSON.stringify(body)).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body.user).toMatchObject({ email, roles: ['user'], email_verified_at: expect.any(String) });
    const authorization = `Bearer ${body.tokens.access_token}`;
    const me = await world.gateway.request({ method: 'GET', url: '/api/v1/auth/me', headers: { authorization } });
    expect(me.body).toEqual(body.user);
    const { rows } = await world.gateway.pool.query(
      `SELECT users.password, users.provider, sessions.method, sessions.proved_by, identity.subject, identity.email,
              users.provider_id = identity.subject AS same
         FROM users JOIN sessions ON sessions.user_id = users.id JOIN oauth_identities identity ON identity.user_id = users.id
        WHERE users.id = $1`,
      [body.user.id],
    );
    const subject = provider === 'github' ? world.github.person.subject : world.google.person.subject;
    expect(rows).toEqual([
      { password: null, provider, method: provider, proved_by: provider, subject, email, same: true },
    ]);
  });

  it('finds the same account the next time, whatever the address is by then', async () => {
    const first = await world.exchange(codeOf(await world.signIn(provider)));
    const changed = { email: `new-${world.google.person.email}`, isVerified: false };
    Object.assign(world.google.person, changed);
    Object.assign(world.github.person, changed);
    const second = await world.exchange(codeOf(await world.signIn(provider)));
    expect(second.body.user).toEqual(first.body.user);
    expect(second.body.tokens.access_token).not.toBe(first.body.tokens.access_token);
  });
});
