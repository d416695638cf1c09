import { createHash, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { TestGateway, type Answer } from '../gateway/test-gateway.js';
import { TestBrowser, type Place } from './test-browser.js';
import { TestGithub } from './test-github.js';
import { TestOpenIdProvider } from './test-openid-provider.js';

const publicUrl = 'https://platform.test';
const callback = (provider: string) => `${publicUrl}/api/v1/auth/callback/${provider}`;

export const returnUrl = 'https://app.test/signed-in?from=oauth';

type Variables = Record<string, string>;

/** A gateway and the three providers that it signs people in with, all on this machine. */
export class OauthWorld {
  private constructor(
    readonly gateway: TestGateway,
    readonly google: TestOpenIdProvider,
    readonly apple: TestOpenIdProvider,
    readonly github: TestGithub,
    /** The client secrets that Apple was shown. */
    readonly appleSecrets: readonly string[],
  ) {}

  /** @param variables of the gateway that differ */
  static async start(variables: Variables = {}): Promise<OauthWorld> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const appleSecrets: string[] = [];
    const googleSecret = randomBytes(16).toString('hex');
    const githubClient = { clientId: 'Iv1.github', clientSecret: randomBytes(20).toString('hex') };
    const google = await TestOpenIdProvider.start({
      clientId: 'google-client.apps.example.com',
      redirectUrl: callback('google'),
      isSecret: (secret) => secret === googleSecret,
    });
    const apple: TestOpenIdProvider = await TestOpenIdProvider.start({
      clientId: 'com.example.app',
      redirectUrl: callback('apple'),
      formPost: true,
      isSecret: (secret) => {
        appleSecrets.push(secret);
        return isAppleSecret(secret, createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }), apple.issuer);
      },
    });
    const github = await TestGithub.start({ ...githubClient, redirectUrl: callback('github') });
    const gateway = await TestGateway.start({
      OAUTH_RETURN_URLS: `${returnUrl},https://app.test/other`,
      OAUTH_GOOGLE_CLIENT_ID: 'google-client.apps.example.com',
      OAUTH_GOOGLE_CLIENT_SECRET: googleSecret,
      OAUTH_GOOGLE_ISSUER_URL: google.issuer,
      OAUTH_APPLE_CLIENT_ID: 'com.example.app',
      OAUTH_APPLE_CLIENT_SECRET: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      OAUTH_APPLE_TEAM_ID: 'TEAM123456',
      OAUTH_APPLE_KEY_ID: 'KEY1234567',
      OAUTH_APPLE_ISSUER_URL: apple.issuer,
      OAUTH_GITHUB_CLIENT_ID: githubClient.clientId,
      OAUTH_GITHUB_CLIENT_SECRET: githubClient.clientSecret,
      OAUTH_GITHUB_URL: github.url,
      OAUTH_GITHUB_API_URL: `${github.url}/api`,
      RATE_LIMIT_REQUESTS_PER_MINUTE: '100000',
      RATE_LIMIT_BURST_SIZE: '10000',
      ...variables,
    });
    return new OauthWorld(gateway, google, apple, github, appleSecrets);
  }

  /** The same with another gateway on the same database. */
  at(gateway: TestGateway): OauthWorld {
    return new OauthWorld(gateway, this.google, this.apple, this.github, this.appleSecrets);
  }

  /** Has one more gateway for a while, with other variables. */
  async withReplica(variables: Variables, work: (there: OauthWorld) => Promise<void>): Promise<void> {
    const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
    const replica = await this.gateway.replica(variables);
    try {
      await work(this.at(replica));
    } finally {
      await replica.app.close();
      await replica.pool.end();
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  }

  browser(): TestBrowser {
    return new TestBrowser(this.gateway, publicUrl);
  }

  /** Where a sign-in begins. */
  startUrl(provider: string, query: Record<string, string> = {}): string {
    return `${publicUrl}/api/v1/auth/oauth/${provider}?${new URLSearchParams(query).toString()}`;
  }

  /** Where a browser ends up that signs in with a provider. */
  signIn(provider: string, query: Record<string, string> = {}, browser = this.browser()): Promise<Place> {
    return browser.open(this.startUrl(provider, query));
  }

  /** The address that the provider sends a browser back to, not yet asked; for Apple `body` is the form. */
  untilCallback(provider: string, browser: TestBrowser, query: Record<string, string> = {}): Promise<Place> {
    return browser.open(this.startUrl(provider, query), callback(provider));
  }

  exchange(code: string, codeVerifier?: string): Promise<Answer> {
    const payload = { code, ...(codeVerifier !== undefined && { code_verifier: codeVerifier }) };
    return this.gateway.request({ method: 'POST', url: '/api/v1/auth/oauth/exchange', payload });
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await Promise.all([this.google.stop(), this.apple.stop(), this.github.stop()]);
  }
}

/** The outcome that a browser came back with. */
export function outcomeOf({ url }: Place): { code: string | null; error: string | null } {
  return { code: url.searchParams.get('code'), error: url.searchParams.get('error') };
}

export function codeOf(place: Place): string {
  const { code, error } = outcomeOf(place);
  if (code === null) throw new Error(`The browser came back with ${error ?? place.body}.`);
  return code;
}

/** A `code_verifier` and its `code_challenge`. */
export function pkcePair(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** What Apple checks: developer.apple.com, "Creating a client secret". */
function isAppleSecret(secret: string, publicKey: string | Buffer, issuer: string): boolean {
  try {
    const { header, payload } = jwt.verify(secret, publicKey, {
      complete: true,
      algorithms: ['ES256'],
      issuer: 'TEAM123456',
      subject: 'com.example.app',
      audience: issuer,
    });
    const { iat = 0, exp = Infinity } = payload as jwt.JwtPayload;
    return header.kid === 'KEY1234567' && exp - iat <= 15_777_000;
  } catch {
    return false;
  }
}
