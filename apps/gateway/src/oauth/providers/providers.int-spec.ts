import type { RequestListener } from 'node:http';
import { ClientSecretPost } from 'openid-client';
import { afterEach, describe, expect, it } from 'vitest';
import { LoopbackServer } from '../../../../../test/oauth/loopback-server.js';
import { GithubProvider } from './github.provider.js';
import { OpenIdProvider } from './openid.provider.js';
import { AccessDeniedError, ProviderAnswerError, ProviderAwayError } from './provider-errors.js';

const flow = { state: 's'.repeat(43), nonce: 'n'.repeat(43), codeVerifier: 'v'.repeat(43) };
const redirectUrl = 'https://platform.test/callback';
const answer = new URLSearchParams({ code: 'the-secret-code', state: flow.state });
const servers: LoopbackServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function serve(listener: RequestListener): Promise<string> {
  const server = await LoopbackServer.start(listener);
  servers.push(server);
  return server.url;
}

function openId(issuerUrl: string, timeoutMs = 2_000): OpenIdProvider {
  const client = { clientId: 'client', authentication: ClientSecretPost('the-client-secret') };
  return new OpenIdProvider({
    name: 'google',
    issuerUrl,
    ...client,
    redirectUrl,
    scopes: ['openid'],
    answersByPost: false,
    timeoutMs,
  });
}

/** GitHub whose token endpoint, or API, answers like this. */
async function github(listener: RequestListener, timeoutMs = 2_000): Promise<GithubProvider> {
  const siteUrl = await serve(listener);
  const client = { clientId: 'client', clientSecret: 'the-client-secret' };
  return new GithubProvider({ siteUrl, apiUrl: siteUrl, ...client, redirectUrl, scopes: [], timeoutMs });
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  const error = await work.then(
    () => new Error('It did not fail.'),
    (reason: unknown) => reason as Error,
  );
  // The message is logged; what the library knows besides stays out of it.
  for (const secret of ['the-secret-code', 'the-client-secret', 'the-token', flow.state]) {
    expect(error.message).not.toContain(secret);
  }
  return error;
}

describe('a provider that is away', () => {
  it('is told from one that answers wrongly', async () => {
    const gone = await serve(() => undefined);
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    expect(await failureOf(openId(gone).authorizationUrl(flow))).toBeInstanceOf(ProviderAwayError);
  });

  it.each([500, 503, 429])('may answer %i', async (status) => {
    const url = await serve((_, response) => response.writeHead(status).end('no'));
    expect(await failureOf(openId(url).authorizationUrl(flow))).toBeInstanceOf(ProviderAwayError);
  });

  it('may take the question and never answer', async () => {
    const url = await serve(() => undefined);
    expect(await failureOf(openId(url, 100).authorizationUrl(flow))).toBeInstanceOf(ProviderAwayError);
  });

  it('may begin an answer and never end it', async () => {
    const url = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    );
    expect(await failureOf(openId(url, 100).authorizationUrl(flow))).toBeInstanceOf(ProviderAwayError);
  });

  it('may answer without end: no more than a limit is read', async () => {
    const url = await serve((_, response) => {
      const more = () => void (response.write('x'.repeat(65_536)) ? setImmediate(more) : response.once('drain', more));
      response.writeHead(200, { 'content-type': 'application/json' });
      more();
    });
    const error = await failureOf(openId(url).authorizationUrl(flow));
    expect(error).toBeInstanceOf(ProviderAwayError);
    expect(error.message).toBe('the answer is too large');
  });
});

describe('a provider that answers wrongly', () => {
  const metadata = (issuer: string) => JSON.stringify({ issuer, authorization_endpoint: `${issuer}/auth` });

  it.each([
    ['another issuer', () => metadata('https://accounts.example.com')],
    ['no JSON', () => '<html>'],
    ['an array', () => '[]'],
  ])('with %s as its metadata', async (_, body) => {
    const url = await serve((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(body()),
    );
    expect(await failureOf(openId(url).authorizationUrl(flow))).toBeInstanceOf(ProviderAnswerError);
  });

  it('by sending us to an address of our network', async () => {
    let port = '';
    const url = await serve((_request, response) => {
      const issuer = `http://127.0.0.1:${port}`;
      const answered = {
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `http://127.0.0.2:${port}/token`,
        jwks_uri: `${issuer}/jwks`,
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answered));
    });
    ({ port } = new URL(url));
    const error = await failureOf(openId(url).identify(answer, flow));
    expect(error.message).toMatch(/^127\.0\.0\.2 is a private.*EGRESS_ALLOW/);
  });

  it('is not followed elsewhere', async () => {
    const elsewhere: string[] = [];
    const other = await serve((request, response) => {
      elsewhere.push(request.url ?? '');
      response.end();
    });
    const url = await serve((_, response) => response.writeHead(302, { location: other }).end());
    expect(await failureOf(openId(url).authorizationUrl(flow))).toBeInstanceOf(ProviderAnswerError);
    expect(elsewhere).toEqual([]);
  });
});

describe('GitHub', () => {
  const json =
    (body: object, status = 200): RequestListener =>
    (_, response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  it('answers 200 to a code that is not good', async () => {
    const provider = await github(json({ error: 'bad_verification_code', error_description: 'the-secret-code' }));
    expect(await failureOf(provider.identify(answer, flow))).toBeInstanceOf(ProviderAnswerError);
  });

  it.each([
    ['no user id', 200, { name: 'Ada' }],
    ['a refusal', 401, { message: 'Bad credentials' }],
    ['a redirect', 301, {}],
  ])('signs nobody in with %s', async (_, status, user) => {
    const provider = await github((request, response) => {
      const isToken = request.method === 'POST';
      const body = isToken ? { access_token: 'the-token', token_type: 'bearer' } : user;
      return json(body, isToken ? 200 : status)(request, response);
    });
    expect(await failureOf(provider.identify(answer, flow))).toBeInstanceOf(ProviderAnswerError);
  });

  it('signs nobody in when its API speaks no JSON', async () => {
    const provider = await github((request, response) => {
      if (request.method === 'GET') return response.end('<html>');
      return json({ access_token: 'the-token', token_type: 'bearer' })(request, response);
    });
    expect(await failureOf(provider.identify(answer, flow))).toBeInstanceOf(ProviderAnswerError);
  });

  it('may be away', async () => {
    expect(await failureOf((await github(json({}, 502))).identify(answer, flow))).toBeInstanceOf(ProviderAwayError);
    const silent = await github(() => undefined, 100);
    expect(await failureOf(silent.identify(answer, flow))).toBeInstanceOf(ProviderAwayError);
  });

  it('passes on that a person said no', async () => {
    const provider = await github(json({}));
    const no = new URLSearchParams({ error: 'access_denied', state: flow.state });
    expect(await failureOf(provider.identify(no, flow))).toBeInstanceOf(AccessDeniedError);
  });
});
