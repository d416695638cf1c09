import { OneTimeTokenPurpose } from '@app/contracts';
import { issueOneTimeToken } from '@app/database';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestGateway, TestUser } from '../../../../../test/gateway/test-gateway.js';
import { codeOf, outcomeOf, OauthWorld } from '../../../../../test/oauth/oauth-world.js';
import { githubPerson } from '../../../../../test/oauth/test-github.js';
import { testPerson, type TestPerson } from '../../../../../test/oauth/test-person.js';

let world: OauthWorld;

beforeAll(async () => {
  world = await OauthWorld.start();
});
afterAll(() => world.stop());
beforeEach(() => somebody());

function somebody(changes: Partial<TestPerson> = {}): void {
  world.google.person = testPerson(changes);
  world.github.person = githubPerson(changes);
}

/** An account with a password, and its address. */
async function account(isVerified: boolean): Promise<TestUser & { email: string }> {
  const user = await world.gateway.signUp();
  const { rows } = await world.gateway.pool.query<{ email: string }>(
    'UPDATE users SET email_verified_at = CASE WHEN $2 THEN now() END WHERE id = $1 RETURNING email',
    [user.id, isVerified],
  );
  return { ...user, email: rows[0]?.email ?? '' };
}

async function identitiesOf(userId: string): Promise<string[]> {
  const { rows } = await world.gateway.pool.query<{ provider: string }>(
    'SELECT provider FROM oauth_identities WHERE user_id = $1 ORDER BY provider',
    [userId],
  );
  return rows.map(({ provider }) => provider);
}

interface AuditRow {
  action: string;
  outcome: string;
  actor_id: string | null;
  subject_type: string | null;
  ip_address: string;
  details: object;
}

/** What the trail says about a person, without sign-ins. */
async function trailOf(userId: string): Promise<AuditRow[]> {
  const { rows } = await world.gateway.pool.query<AuditRow>(
    `SELECT action, outcome, actor_id, subject_type, ip_address, details FROM audit_events
      WHERE (subject_id = $1 OR actor_id = $1) AND action ~ '^(oauth|user)\\.' ORDER BY id`,
    [userId],
  );
  return rows;
}

describe('an account with the address that a provider gives', () => {
  it.each([
    [true, true, 'linked'],
    [true, false, 'account_unverified'],
    [false, true, 'email_unverified'],
    [false, false, 'email_unverified'],
  ])('verified there: %s, verified here: %s → %s', async (there, here, outcome) => {
    const owner = await account(here);
    somebody({ email: owner.email.toUpperCase(), isVerified: there });
    const place = await world.signIn('google');
    if (outcome !== 'linked') {
      expect(outcomeOf(place)).toEqual({ code: null, error: outcome });
      expect(await identitiesOf(owner.id)).toEqual([]);
      return;
    }
    const { body } = await world.exchange(codeOf(place));
    expect(body.user).toMatchObject({ id: owner.id, email: owner.email });
    expect(await identitiesOf(owner.id)).toEqual(['google']);
  });

  it('may have several, one of each provider', async () => {
    const owner = await account(true);
    somebody({ email: owner.email });
    for (const provider of ['google', 'github']) {
      expect((await world.exchange(codeOf(await world.signIn(provider)))).body.user.id).toBe(owner.id);
    }
    expect(await identitiesOf(owner.id)).toEqual(['github', 'google']);
  });

  it('is another one when only PostgreSQL takes two letters for the same', async () => {
    const owner = await account(true);
    await world.gateway.pool.query('UPDATE users SET email = $2 WHERE id = $1', [owner.id, 'mike@example.com']);
    somebody({ email: 'mi\u212Ae@example.com' });
    expect(outcomeOf(await world.signIn('google'))).toMatchObject({ code: null });
    expect(await identitiesOf(owner.id)).toEqual([]);
  });

  it('that is deactivated or deleted is refused, known or not', async () => {
    for (const change of ['is_active = false', 'deleted_at = now()']) {
      const owner = await account(true);
      somebody({ email: owner.email });
      codeOf(await world.signIn('google'));
      await world.gateway.pool.query(`UPDATE users SET ${change} WHERE id = $1`, [owner.id]);
      expect(outcomeOf(await world.signIn('google'))).toEqual({ code: null, error: 'account_disabled' });
      expect(outcomeOf(await world.signIn('github'))).toEqual({ code: null, error: 'account_disabled' });
      expect(await identitiesOf(owner.id)).toEqual(['google']);
    }
  });
});

describe('a person without an account', () => {
  it.each([
    ['an address that the provider has not verified', { isVerified: false }, 'email_unverified'],
    ['no address that could be theirs', { email: 'ada' }, 'email_missing'],
  ])('and with %s does not get one', async (_, changes, error) => {
    somebody(changes);
    expect(outcomeOf(await world.signIn('google'))).toEqual({ code: null, error });
    expect(outcomeOf(await world.signIn('github'))).toEqual({ code: null, error });
  });

  it('gets one account, however many of their sign-ins come back at once', async () => {
    const browsers = Array.from({ length: 6 }, (_, index) => ({
      browser: world.browser(),
      provider: index % 2 === 0 ? 'google' : 'github',
    }));
    somebody({ email: `${Date.now()}@example.com` });
    const callbacks = [];
    for (const { browser, provider } of browsers) {
      callbacks.push({ browser, place: await world.untilCallback(provider, browser) });
    }
    const places = await Promise.all(callbacks.map(({ browser, place }) => browser.open(place.url.href)));
    const users = await Promise.all(places.map(async (place) => (await world.exchange(codeOf(place))).body.user.id));
    expect(new Set(users).size).toBe(1);
    expect(await identitiesOf(users[0])).toEqual(['github', 'google']);
  });
});

describe('the addresses of a person at GitHub', () => {
  const address = (email: string, primary: boolean, verified: boolean) => ({
    email,
    primary,
    verified,
    visibility: null,
  });

  it('count when they are the first and verified, whatever the profile says', async () => {
    const owner = await account(true);
    world.github.addresses = [address(owner.email, false, true), address('first@example.com', true, false)];
    expect(outcomeOf(await world.signIn('github')).error).toBe('email_unverified');
    world.github.addresses = [address(owner.email, false, true)];
    expect(outcomeOf(await world.signIn('github')).error).toBe('email_missing');
    world.github.addresses = undefined;
    world.github.person = githubPerson({ email: `x${owner.email}` });
    const { body } = await world.exchange(codeOf(await world.signIn('github')));
    expect(body.user).toMatchObject({ email: world.github.person.email });
    expect(await identitiesOf(owner.id)).toEqual([]);
  });

  it('may be kept from us by somebody whom we know', async () => {
    const first = await world.exchange(codeOf(await world.signIn('github')));
    world.github.showsAddresses = false;
    const second = await world.exchange(codeOf(await world.signIn('github')));
    world.github.person = githubPerson();
    const stranger = await world.signIn('github');
    world.github.showsAddresses = true;
    expect(second.body.user).toEqual(first.body.user);
    expect(outcomeOf(stranger).error).toBe('email_missing');
  });
});

describe('the audit trail', () => {
  const origin = { ip_address: '127.0.0.1' };

  it('says that an account was made, and where, and how the session began', async () => {
    const { body } = await world.exchange(codeOf(await world.signIn('google')));
    const { id } = body.user;
    const details = { provider: 'google', roles: ['user'], email_verified: true };
    const made = { ...origin, action: 'user.created', outcome: 'success', actor_id: id, subject_type: 'user', details };
    expect(await trailOf(id)).toEqual([made]);
    const { rows } = await world.gateway.pool.query(
      `SELECT details FROM audit_events WHERE action = 'session.started' AND actor_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ details: { method: 'google' } }]);
  });

  it('says what was linked, and whose account somebody was kept from', async () => {
    const owner = await account(true);
    somebody({ email: owner.email });
    codeOf(await world.signIn('google'));
    await world.gateway.pool.query('UPDATE users SET is_active = false WHERE id = $1', [owner.id]);
    await world.signIn('google');
    const [linked, refused] = (await trailOf(owner.id)).filter(({ action }) => action.startsWith('oauth.'));
    expect(linked).toEqual({
      ...origin,
      action: 'oauth.linked',
      outcome: 'success',
      actor_id: owner.id,
      subject_type: 'oauth_identity',
      details: { provider: 'google', by: 'address' },
    });
    expect(refused).toEqual({
      ...origin,
      action: 'oauth.refused',
      outcome: 'denied',
      actor_id: null,
      subject_type: 'user',
      details: { provider: 'google', reason: 'account_disabled' },
    });
  });

  it('holds no code, state, cookie or token', async () => {
    const browser = world.browser();
    const { url } = await world.untilCallback('google', browser);
    const code = codeOf(await browser.open(url.href));
    const { tokens } = (await world.exchange(code)).body;
    const { rows } = await world.gateway.pool.query<{ row: string }>(
      'SELECT audit_events::text AS row FROM audit_events',
    );
    const trail = rows.map(({ row }) => row).join();
    const cookies = browser.cookiesOf('https://platform.test').map(({ value }) => value);
    const secrets = [...cookies, code, tokens.access_token, tokens.refresh_token, ...url.searchParams.values()];
    for (const secret of secrets.filter((value) => value !== world.google.issuer)) expect(trail).not.toContain(secret);
  });
});

describe('where accounts are made by invitation', () => {
  let invite: TestGateway;
  let there: OauthWorld;

  beforeAll(async () => {
    invite = await world.gateway.replica({ AUTH_REGISTRATION: 'invite' });
    there = world.at(invite);
  });
  afterAll(async () => {
    await invite.app.close();
    await invite.pool.end();
  });

  async function invitation(email: string): Promise<string> {
    const { id: invited_by } = await account(true);
    await invite.pool.query(`UPDATE users SET roles = '{user,admin}' WHERE id = $1`, [invited_by]);
    const purpose = OneTimeTokenPurpose.Invitation;
    return issueOneTimeToken(invite.pool, {
      purpose,
      payload: { email, roles: ['user', 'admin'], invited_by },
      ttlMs: 60_000,
    });
  }

  it('strangers are refused, and people who are known or have a verified address here are not', async () => {
    codeOf(await world.signIn('google'));
    codeOf(await there.signIn('google'));
    const owner = await account(true);
    somebody({ email: owner.email });
    codeOf(await there.signIn('google'));
    somebody();
    expect(outcomeOf(await there.signIn('google'))).toEqual({ code: null, error: 'registration_closed' });
  });

  it('the invited come with the provider that has their address, once, and become what they were invited as', async () => {
    const query = { invitation: await invitation(world.google.person.email.toUpperCase()) };
    const { body } = await there.exchange(codeOf(await there.signIn('google', query)));
    expect(body.user).toMatchObject({ email: world.google.person.email, roles: ['user', 'admin'] });
    somebody({ email: `another-${body.user.email}` });
    expect(outcomeOf(await there.signIn('google', query))).toEqual({ code: null, error: 'invitation_unusable' });
  });

  it('an invitation is for the address it was sent to, and not in the database while somebody is on the way', async () => {
    const token = await invitation(`other-${world.google.person.email}`);
    const place = await there.signIn('google', { invitation: token });
    expect(outcomeOf(place)).toEqual({ code: null, error: 'invitation_unusable' });
    const { rows } = await invite.pool.query<{ row: string }>(
      'SELECT one_time_tokens::text AS row FROM one_time_tokens',
    );
    expect(rows.map(({ row }) => row).join()).not.toContain(token);
  });
});

describe('an account whose identities were taken back', () => {
  it('leaves the identity that it was made with free for another account', async () => {
    const first = (await world.exchange(codeOf(await world.signIn('google')))).body.user;
    const email = `moved.${first.email}`;
    await world.gateway.pool.query('UPDATE users SET email = $2, email_verified_at = NULL WHERE id = $1', [
      first.id,
      email,
    ]);
    const purpose = OneTimeTokenPurpose.PasswordReset;
    const token = await issueOneTimeToken(world.gateway.pool, {
      purpose,
      userId: first.id,
      payload: { email },
      ttlMs: 60_000,
    });
    const payload = { token, password: 'correct horse battery staple' };
    const reset = await world.gateway.request({ method: 'POST', url: '/api/v1/auth/password/reset', payload });
    expect(reset.status).toBe(200);
    const { body } = await world.exchange(codeOf(await world.signIn('google')));
    expect(body).toMatchObject({ user: { email: first.email } });
    expect(body.user.id).not.toBe(first.id);
  });
});
