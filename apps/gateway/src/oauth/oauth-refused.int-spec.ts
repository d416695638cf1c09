import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, outcomeOf, OauthWorld } from '../../../../test/oauth/oauth-world.js';
import { githubPerson } from '../../../../test/oauth/test-github.js';
import type { Tampering } from '../../../../test/oauth/test-openid-provider.js';
import { testPerson } from '../../../../test/oauth/test-person.js';

let world: OauthWorld;

beforeAll(async () => {
  world = await OauthWorld.start();
});
afterAll(() => world.stop());

beforeEach(() => {
  world.google.person = testPerson();
  world.apple.person = world.google.person;
  world.github.person = githubPerson();
});
afterEach(() => {
  world.google.tampering = undefined;
  world.google.refuses = false;
  world.apple.refuses = false;
});

/** The way back to the gateway with some parameters changed. */
function changed(url: URL, changes: Record<string, string | undefined>): string {
  const copy = new URL(url);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) copy.searchParams.delete(name);
    else copy.searchParams.set(name, value);
  }
  return copy.href;
}

async function refusals(): Promise<{ reason: string; provider: string }[]> {
  const { rows } = await world.gateway.pool.query(
    `SELECT details FROM audit_events WHERE action = 'oauth.refused' AND outcome = 'denied' ORDER BY id DESC`,
  );
  return rows.map(({ details }) => details as { reason: string; provider: string });
}

async function accounts(): Promise<number> {
  const { rows } = await world.gateway.pool.query<{ count: number }>('SELECT count(*)::int FROM users');
  return rows[0]?.count ?? -1;
}

describe('a state', () => {
  it('that nobody was given leads nowhere', async () => {
    const browser = world.browser();
    const { url } = await world.untilCallback('google', browser);
    const twice = `${url.href}&state=${url.searchParams.get('state')}`;
    for (const wrong of [changed(url, { state: 'x'.repeat(43) }), changed(url, { state: undefined }), twice]) {
      const { status, body } = await browser.open(wrong);
      expect(status).toBe(400);
      expect(JSON.parse(body)).toMatchObject({ code: 'BAD_REQUEST', detail: expect.stringContaining('Begin again') });
    }
    expect(outcomeOf(await browser.open(url.href)).code).toEqual(expect.any(String));
  });

  it('is good once', async () => {
    const browser = world.browser();
    const { url } = await world.untilCallback('google', browser);
    codeOf(await browser.open(url.href));
    expect((await browser.open(url.href)).status).toBe(400);
  });

  it('is good once, however many bring it at once', async () => {
    const browser = world.browser();
    const { url } = await world.untilCallback('github', browser);
    const places = await Promise.all(Array.from({ length: 5 }, () => browser.open(url.href)));
    expect(places.filter((place) => place.status === undefined && outcomeOf(place).code !== null)).toHaveLength(1);
    expect(places.filter(({ status }) => status === 400)).toHaveLength(4);
  });

  it('is good for ten minutes', async () => {
    const browser = world.browser();
    const { url } = await world.untilCallback('google', browser);
    const ago = `UPDATE one_time_tokens SET expires_at = expires_at - interval '10 minutes' WHERE purpose = 'oauth_state'`;
    await world.gateway.pool.query(ago);
    expect((await browser.open(url.href)).status).toBe(400);
  });

  it('of one provider is of no use to another', async () => {
    const browser = world.browser();
    const { url } = await world.untilCallback('google', browser);
    const { status } = await browser.open(url.href.replace('/callback/google', '/callback/github'));
    expect(status).toBe(400);
  });

  it('is not in the database, nor is anything that would finish the flow', async () => {
    const { url } = await world.untilCallback('google', world.browser());
    const authorization = await world.gateway.app.inject(world.startUrl('google').replace('https://platform.test', ''));
    const asked = new URL(String(authorization.headers.location)).searchParams;
    const { rows } = await world.gateway.pool.query<{ row: string; payload: { sealed: string } }>(
      `SELECT one_time_tokens::text AS row, payload FROM one_time_tokens WHERE purpose = 'oauth_state'`,
    );
    const stored = rows.map(({ row }) => row).join();
    for (const secret of [url.searchParams.get('state'), asked.get('state'), asked.get('nonce')]) {
      expect(secret).toHaveLength(43);
      expect(stored).not.toContain(secret);
    }
    for (const { payload } of rows) expect(payload.sealed).toMatch(/^v1\.test\./);
  });
});

describe('another browser than the one that began', () => {
  it.each(['google', 'github'])('gets nothing from %s, and the flow is over', async (provider) => {
    const began = world.browser();
    const { url } = await world.untilCallback(provider, began);
    const before = await accounts();
    const stranger = world.browser();
    await world.untilCallback(provider, stranger);
    expect(outcomeOf(await stranger.open(url.href))).toEqual({ code: null, error: 'browser_mismatch' });
    expect((await began.open(url.href)).status).toBe(400);
    expect(await accounts()).toBe(before);
    expect((await refusals())[0]).toEqual({ provider, reason: 'browser_mismatch' });
  });

  it('gets nothing from Apple', async () => {
    const { url, body } = await world.untilCallback('apple', world.browser());
    const place = await world.browser().submit(url.href, new URLSearchParams(body));
    expect(outcomeOf(place)).toEqual({ code: null, error: 'browser_mismatch' });
  });
});

describe('an id token', () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const publicPem = createPublicKey(other.publicKey.export({ type: 'spki', format: 'pem' }).toString());

  const wrong: [string, Tampering][] = [
    ['with another nonce', (claims, sign) => sign({ ...claims, nonce: 'another' })],
    ['without a nonce', (claims, sign) => sign({ ...claims, nonce: undefined })],
    ['of another issuer', (claims, sign) => sign({ ...claims, iss: 'https://accounts.example.com' })],
    ['for somebody else', (claims, sign) => sign({ ...claims, aud: 'another-client' })],
    ['for several, from somebody else', (claims, sign) => sign({ ...claims, aud: [claims.aud, 'b'], azp: 'b' })],
    ['that has expired', (claims, sign) => sign({ ...claims, iat: 1_700_000_000, exp: 1_700_000_600 })],
    ['without a subject', (claims, sign) => sign({ ...claims, sub: undefined })],
    ['without a signature', (claims) => `${part({ alg: 'none' })}.${part(claims)}.`],
    [
      'signed with another key',
      (claims) => jwt.sign(claims, other.privateKey, { algorithm: 'RS256', keyid: 'the only key' }),
    ],
    [
      'signed with another key of its own',
      (claims) =>
        jwt.sign(claims, other.privateKey, {
          algorithm: 'RS256',
          header: { alg: 'RS256', jwk: publicPem.export({ format: 'jwk' }) } as never,
        }),
    ],
    ['signed with the client id', (claims) => jwt.sign(claims, String(claims.aud), { algorithm: 'HS256' })],
    [
      'that was changed',
      (claims, sign) => {
        const [header, , signature] = sign(claims).split('.');
        return `${header}.${part({ ...claims, sub: 'another' })}.${signature}`;
      },
    ],
    ['that is none', () => 'a.b.c'],
  ];

  it.each(wrong)('%s signs nobody in', async (_, tampering) => {
    const before = await accounts();
    world.google.tampering = tampering;
    expect(outcomeOf(await world.signIn('google'))).toEqual({ code: null, error: 'provider_error' });
    expect(await accounts()).toBe(before);
    expect((await refusals())[0]).toEqual({ provider: 'google', reason: 'provider_error' });
  });

  it('that the provider made anew, and is right, does sign in: the others fail for what is wrong with them', async () => {
    world.google.tampering = (claims, sign) => sign(claims);
    codeOf(await world.signIn('google'));
  });
});

describe('an answer', () => {
  it.each([
    ['of another issuer', { iss: 'https://accounts.example.com' }],
    ['that hides its issuer', { iss: undefined }],
    ['with a made-up code', { code: 'made-up' }],
    ['with tokens beside the code', { id_token: 'a.b.c' }],
    ['with an error that is none', { error: '<script>alert(1)</script>' }],
  ])('%s signs nobody in', async (_, changes) => {
    const browser = world.browser();
    const { url } = await world.untilCallback('google', browser);
    expect(outcomeOf(await browser.open(changed(url, changes)))).toEqual({ code: null, error: 'provider_error' });
  });

  it.each(['google', 'github'])("with the code of somebody else's flow at %s is of no use: PKCE", async (provider) => {
    const mine = world.browser();
    const { url } = await world.untilCallback(provider, mine);
    const { url: stolen } = await world.untilCallback(provider, world.browser());
    const injected = changed(url, { code: stolen.searchParams.get('code') ?? '' });
    expect(outcomeOf(await mine.open(injected))).toEqual({ code: null, error: 'provider_error' });
  });

  it.each(['google', 'apple'] as const)('of a person who says no at %s is passed on', async (provider) => {
    world[provider].refuses = true;
    const before = await refusals();
    expect(outcomeOf(await world.signIn(provider))).toEqual({ code: null, error: 'access_denied' });
    expect(await refusals()).toEqual(before);
  });

  it('comes the way its provider sends it', async () => {
    const apple = await world.untilCallback('apple', world.browser());
    const google = await world.untilCallback('google', world.browser());
    const inject = (method: 'GET' | 'POST', url: URL, type: string, payload?: string) =>
      world.gateway.request({
        method,
        url: `${url.pathname}${url.search}`,
        headers: { 'content-type': type },
        ...(payload !== undefined && { payload }),
      });
    const form = 'application/x-www-form-urlencoded';
    expect(await inject('POST', google.url, form, '')).toMatchObject({ status: 405, headers: { allow: 'GET' } });
    const got = await world.gateway.request({ method: 'GET', url: `${apple.url.pathname}?${apple.body}` });
    expect(got).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect((await inject('POST', apple.url, 'application/json', '{}')).status).toBe(415);
    expect((await world.gateway.request({ method: 'GET', url: '/api/v1/auth/callback/myspace' })).status).toBe(404);
  });
});
