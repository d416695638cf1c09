import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, outcomeOf, OauthWorld, pkcePair, returnUrl } from '../../../../test/oauth/oauth-world.js';
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

describe('the code that a browser comes back with', () => {
  it('is good once, however many bring it at once', async () => {
    const code = codeOf(await world.signIn('google'));
    const answers = await Promise.all(Array.from({ length: 5 }, () => world.exchange(code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401]);
    expect((await world.exchange(code)).body).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('is good for a minute', async () => {
    const code = codeOf(await world.signIn('google'));
    const ago = `UPDATE one_time_tokens SET expires_at = expires_at - interval '1 minute' WHERE purpose = 'oauth_exchange'`;
    await world.gateway.pool.query(ago);
    expect((await world.exchange(code)).status).toBe(401);
  });

  it('is for the client that began, when that one kept a verifier', async () => {
    const { verifier, challenge } = pkcePair();
    const begin = async () => codeOf(await world.signIn('google', { code_challenge: challenge }));
    expect((await world.exchange(await begin(), verifier)).status).toBe(200);
    const wrong = await begin();
    expect((await world.exchange(wrong, pkcePair().verifier)).status).toBe(401);
    expect((await world.exchange(wrong, verifier)).status).toBe(401);
    expect((await world.exchange(await begin())).status).toBe(401);
  });

  it('of a stranger who kept none is not for a client that always keeps one', async () => {
    const strangers = codeOf(await world.signIn('google'));
    expect((await world.exchange(strangers, pkcePair().verifier)).status).toBe(401);
  });

  it('is of no use once the account may not sign in', async () => {
    const { body } = await world.exchange(codeOf(await world.signIn('google')));
    const code = codeOf(await world.signIn('google'));
    await world.gateway.pool.query('UPDATE users SET is_active = false WHERE id = $1', [body.user.id]);
    expect((await world.exchange(code)).status).toBe(401);
  });

  it.each([
    {},
    { code: '' },
    { code: 'x'.repeat(129) },
    { code: 'a', code_verifier: 'short' },
    { code: 'a', state: 'b' },
  ])('has to look like one: %j', async (payload) => {
    const { status, body } = await world.gateway.request({
      method: 'POST',
      url: '/api/v1/auth/oauth/exchange',
      payload,
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

describe('a return URL', () => {
  it('is one of the list, the first when none is named', async () => {
    const other = await world.signIn('google', { return_url: 'https://app.test/other' });
    expect(other.url.href).toBe(`https://app.test/other?code=${codeOf(other)}`);
    expect((await world.signIn('google', { return_url: returnUrl })).url.href).toMatch(`${returnUrl}&code=`);
  });

  it.each([
    'https://app.test/signed-in',
    'https://app.test/other/',
    'https://app.test/other?next=/',
    'https://app.test/other#fragment',
    'https://app.test/otherwise',
    'https://app.test/other/../../evil',
    'https://app.test:443/other',
    'https://APP.test/other',
    'https://app.test.evil.test/other',
    'https://evil.test/?https://app.test/other',
    'https://app.test@evil.test/other',
    'http://app.test/other',
    '//app.test/other',
    'javascript:alert(1)//https://app.test/other',
    ' https://app.test/other',
    'https://app.test/other,https://evil.test/',
    '',
  ])('is not %j', async (return_url) => {
    const url = world.startUrl('google', { return_url }).replace('https://platform.test', '');
    const { status, body, headers } = await world.gateway.request({ method: 'GET', url });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field: 'return_url' }] });
    expect(headers).not.toHaveProperty('location');
  });
});

describe('the way to a provider', () => {
  const start = async (provider: string, cookie = '') => {
    const url = `/api/v1/auth/oauth/${provider}`;
    const { status, headers } = await world.gateway.request({ method: 'GET', url, headers: { cookie } });
    const location = new URL(String(headers.location));
    return { status, headers, query: Object.fromEntries(location.searchParams), cookie: String(headers['set-cookie']) };
  };

  it.each([
    ['google', 'openid email profile'],
    ['apple', 'openid email name'],
    ['github', 'read:user user:email'],
  ])('%s asks for a code with PKCE, at an address of its own', async (provider, scope) => {
    const { status, headers, query } = await start(provider);
    expect(status).toBe(302);
    expect(headers['cache-control']).toBe('no-store');
    expect(query).toMatchObject({
      response_type: 'code',
      redirect_uri: `https://platform.test/api/v1/auth/callback/${provider}`,
      scope,
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      ...(provider !== 'github' && { nonce: expect.stringMatching(/^[\w-]{43}$/) }),
      ...(provider === 'apple' && { response_mode: 'form_post' }),
    });
  });

  it('is another one each time', async () => {
    const [first, second] = [(await start('google')).query, (await start('google')).query];
    for (const name of ['state', 'nonce', 'code_challenge']) expect(first[name]).not.toBe(second[name]);
  });

  it("gives the browser a cookie that only Apple's form brings along from another site", async () => {
    const attributes = 'Path=/; Max-Age=600; HttpOnly;';
    expect((await start('google')).cookie).toMatch(
      new RegExp(`^__Host-oauth=[\\w-]{43}; ${attributes} SameSite=Lax; Secure$`),
    );
    expect((await start('apple')).cookie).toMatch(
      new RegExp(`^__Host-oauth-post=[\\w-]{43}; ${attributes} SameSite=None; Secure$`),
    );
  });

  it('leaves room for two at once in one browser', async () => {
    const browser = world.browser();
    const first = await world.untilCallback('google', browser);
    const second = await world.untilCallback('github', browser);
    for (const { url } of [first, second]) codeOf(await browser.open(url.href));
  });

  it('to one that is not there is a 404', async () => {
    for (const provider of ['myspace', 'local', '__proto__']) {
      const { status } = await world.gateway.request({ method: 'GET', url: `/api/v1/auth/oauth/${provider}` });
      expect(status).toBe(404);
    }
  });
});

describe('Apple', () => {
  it('is shown a client secret that it can verify, signed for minutes', async () => {
    codeOf(await world.signIn('apple'));
    const [header = '', claims = ''] = world.appleSecrets.at(-1)?.split('.') ?? [];
    const { iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { iat: number; exp: number };
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'ES256',
      typ: 'JWT',
      kid: 'KEY1234567',
    });
    expect(exp - iat).toBe(600);
  });

  it('may write whether an address is verified as a text', async () => {
    world.apple.verifiedAsText = true;
    somebody({ isVerified: false });
    expect(outcomeOf(await world.signIn('apple')).error).toBe('email_unverified');
    somebody();
    codeOf(await world.signIn('apple'));
    world.apple.verifiedAsText = false;
  });

  it('has its form answered with 303: what it posted goes no further', async () => {
    const browser = world.browser();
    const { url, body: payload } = await world.untilCallback('apple', browser);
    const [cookie] = browser.cookiesOf(url.origin);
    const headers = {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      cookie: `${cookie?.name}=${cookie?.value}`,
    };
    const answer = await world.gateway.request({ method: 'POST', url: url.pathname, headers, payload });
    expect(answer).toMatchObject({ status: 303, headers: { location: expect.stringContaining(`${returnUrl}&code=`) } });
  });

  it('posts a name beside its answer; the address is that of the id token', async () => {
    const { email } = somebody({ name: '' });
    const browser = world.browser();
    const { url, body } = await world.untilCallback('apple', browser);
    const form = new URLSearchParams(body);
    form.set(
      'user',
      JSON.stringify({ name: { firstName: 'Grace', lastName: 'Hopper\u0000' }, email: 'eve@example.com' }),
    );
    const place = await browser.submit(url.href, form);
    expect((await world.exchange(codeOf(place))).body.user).toMatchObject({ name: 'Grace Hopper', email });
  });
});

describe('a gateway', () => {
  it('whose provider is away sends people back, and lets them in at the others', async () => {
    const nobody = { OAUTH_GOOGLE_ISSUER_URL: 'http://127.0.0.1:1', OAUTH_TIMEOUT: '500ms' };
    await world.withReplica(nobody, async (there) => {
      expect(outcomeOf(await there.signIn('google'))).toEqual({ code: null, error: 'provider_unavailable' });
      codeOf(await there.signIn('github'));
    });
  });

  it('knows only the providers that are set up', async () => {
    await world.withReplica({ OAUTH_GITHUB_CLIENT_ID: '' }, async (there) => {
      const { status } = await there.gateway.request({ method: 'GET', url: '/api/v1/auth/oauth/github' });
      expect(status).toBe(404);
      codeOf(await there.signIn('google'));
    });
  });

  it('lets nobody try many codes', async () => {
    await world.withReplica({ RATE_LIMIT_REQUESTS_PER_MINUTE: '5', RATE_LIMIT_BURST_SIZE: '5' }, async (there) => {
      const remoteAddress = '203.0.113.7';
      const post = (code: string) =>
        there.gateway.request({ method: 'POST', url: '/api/v1/auth/oauth/exchange', payload: { code }, remoteAddress });
      const statuses = [];
      for (const code of 'abcdefgh') statuses.push((await post(code)).status);
      expect(statuses.slice(0, 2)).toEqual([401, 401]);
      expect(statuses.at(-1)).toBe(429);
    });
  });
});
