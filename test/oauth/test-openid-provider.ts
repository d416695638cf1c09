import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import jwt, { type JwtPayload } from 'jsonwebtoken';
import { Provider, type Client, type KoaContextWithOIDC } from 'oidc-provider';
import { LoopbackServer } from './loopback-server.js';
import { testPerson, type TestPerson } from './test-person.js';

export interface TestOpenIdOptions {
  clientId: string;
  redirectUrl: string;
  /** Whether this is the client's secret. */
  isSecret: (secret: string) => boolean;
  /** Apple answers no other way. */
  formPost?: boolean;
}

/** Makes another id token of the right one. */
export type Tampering = (claims: JwtPayload, sign: (claims: object) => string) => string;

const KID = 'the only key';

/** A real OpenID provider (oidc-provider) on this machine. Whoever comes is signed in as `person` and agrees. */
export class TestOpenIdProvider {
  /** Who sits in front of the browser. */
  person: TestPerson = testPerson();
  /** Whether they say no. */
  refuses = false;
  /** What goes wrong with id tokens. */
  tampering: Tampering | undefined;
  /** How Apple says whether an address is verified. */
  verifiedAsText = false;
  /** Every request's path, for counting. */
  readonly paths: string[] = [];

  private readonly privateKey: KeyObject = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  private handler: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  private server: LoopbackServer | undefined;

  private constructor(private readonly options: TestOpenIdOptions) {}

  static async start(options: TestOpenIdOptions): Promise<TestOpenIdProvider> {
    const fake = new TestOpenIdProvider(options);
    fake.server = await LoopbackServer.start((request, response) => {
      fake.paths.push(request.url?.split('?', 1)[0] ?? '');
      fake.handler(request, response);
    });
    fake.serve(fake.provider(fake.issuer));
    return fake;
  }

  get issuer(): string {
    return this.server?.url ?? '';
  }

  stop(): Promise<void> {
    return this.server?.stop() ?? Promise.resolve();
  }

  private provider(issuer: string): Provider {
    const { clientId, redirectUrl, formPost = false } = this.options;
    const jwk = { ...this.privateKey.export({ format: 'jwk' }), kid: KID, use: 'sig', alg: 'RS256' };
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: clientId,
          client_secret: randomBytes(16).toString('hex'),
          redirect_uris: [redirectUrl],
          response_types: ['code'],
          token_endpoint_auth_method: 'client_secret_post',
        },
      ],
      jwks: { keys: [jwk] },
      cookies: { keys: [randomBytes(16).toString('hex')] },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], name: [] },
      // Google and Apple put them into the id token.
      conformIdTokenClaims: false,
      pkce: { required: () => true },
      features: { devInteractions: { enabled: false } },
      ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
      findAccount: (_context, accountId) => ({ accountId, claims: () => this.claims(accountId) }),
      loadExistingGrant: (context) => grantEverything(context),
    });
    const { isSecret } = this.options;
    // What the client sends is checked, not what is registered: Apple's secret is another one each time.
    (provider.Client as unknown as { prototype: { compareClientSecret: unknown } }).prototype.compareClientSecret =
      function (this: Client, secret: string) {
        return isSecret(secret);
      };
    provider.use(async (context, next) => {
      if (formPost && context.path === '/auth' && context.query['response_mode'] !== 'form_post') {
        return context.throw(400, 'Name and address are given with form_post only.');
      }
      await next();
      this.tamper(context);
    });
    return provider;
  }

  private serve(provider: Provider): void {
    const answer = provider.callback();
    this.handler = (request, response) => {
      if (!request.url?.startsWith('/interaction/')) return void answer(request, response);
      const result = this.refuses ? { error: 'access_denied' } : { login: { accountId: this.person.subject } };
      void provider.interactionFinished(request, response, result);
    };
  }

  private claims(sub: string): { sub: string; [claim: string]: unknown } {
    const { email, isVerified, name } = this.person;
    return { sub, email, email_verified: this.verifiedAsText ? String(isVerified) : isVerified, name };
  }

  private tamper(context: { path: string; body: unknown }): void {
    const body = context.body as { id_token?: string } | undefined;
    if (this.tampering === undefined || context.path !== '/token' || body?.id_token === undefined) return;
    const claims = jwt.decode(body.id_token) as JwtPayload;
    const sign = (changed: object) => jwt.sign(changed, this.privateKey, { algorithm: 'RS256', keyid: KID });
    context.body = { ...body, id_token: this.tampering(claims, sign) };
  }
}

async function grantEverything({ oidc }: KoaContextWithOIDC) {
  const { client, session, provider } = oidc;
  const grant = new provider.Grant({ clientId: client?.clientId ?? '', accountId: session?.accountId ?? '' });
  grant.addOIDCScope('openid email profile name');
  await grant.save();
  return grant;
}
