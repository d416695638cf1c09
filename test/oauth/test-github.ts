import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LoopbackServer } from './loopback-server.js';
import { testPerson, type TestPerson } from './test-person.js';

export interface TestGithubOptions {
  clientId: string;
  clientSecret: string;
  redirectUrl: string;
}

/** One entry of GET /user/emails. */
export interface GithubAddress {
  email: string;
  primary: boolean;
  verified: boolean;
  visibility: 'public' | 'private' | null;
}

interface IssuedCode {
  challenge: string;
  scopes: readonly string[];
}

/**
 * GitHub as its documentation describes it, both its site and its API, with its peculiarities: an error of the token
 * endpoint has status 200, its answers are forms unless JSON is asked for, and the API wants a User-Agent.
 */
export class TestGithub {
  /** Who sits in front of the browser; GitHub's ids are numbers. */
  person: TestPerson & { id: number } = githubPerson();
  /** Their addresses; by default the person's and two others. */
  addresses: GithubAddress[] | undefined;
  /** Whether the API answers what the person's addresses are. */
  showsAddresses = true;

  private readonly codes = new Map<string, IssuedCode>();
  private readonly tokens = new Map<string, readonly string[]>();
  private server: LoopbackServer | undefined;

  private constructor(private readonly options: TestGithubOptions) {}

  static async start(options: TestGithubOptions): Promise<TestGithub> {
    const fake = new TestGithub(options);
    fake.server = await LoopbackServer.start((request, response) => void fake.answer(request, response));
    return fake;
  }

  get url(): string {
    return this.server?.url ?? '';
  }

  stop(): Promise<void> {
    return this.server?.stop() ?? Promise.resolve();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /login/oauth/authorize':
        return this.authorize(url.searchParams, response);
      case 'POST /login/oauth/access_token':
        return this.exchange(request, response);
      case 'GET /api/user':
        return this.api(request, response, 'read:user', this.user());
      case 'GET /api/user/emails':
        return this.api(request, response, this.showsAddresses ? 'user:email' : 'never', this.emails());
      default:
        return json(response, 404, { message: 'Not Found' });
    }
  }

  private authorize(query: URLSearchParams, response: ServerResponse): void {
    const { clientId, redirectUrl } = this.options;
    if (query.get('client_id') !== clientId) return json(response, 404, {});
    const back = new URL(redirectUrl);
    back.searchParams.set('state', query.get('state') ?? '');
    const challenge = query.get('code_challenge');
    if (query.get('redirect_uri') !== redirectUrl) back.searchParams.set('error', 'redirect_uri_mismatch');
    else if (challenge === null || query.get('code_challenge_method') !== 'S256')
      back.searchParams.set('error', 'invalid_request');
    else back.searchParams.set('code', this.newCode({ challenge, scopes: (query.get('scope') ?? '').split(' ') }));
    response.writeHead(302, { location: back.href }).end();
  }

  private newCode(issued: IssuedCode): string {
    const code = randomBytes(10).toString('hex');
    this.codes.set(code, issued);
    return code;
  }

  private async exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await textOf(request));
    const { clientId, clientSecret, redirectUrl } = this.options;
    const isJson = request.headers.accept === 'application/json';
    const fail = (error: string) => send(response, isJson, { error, error_description: 'See the documentation.' });
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret)
      return fail('incorrect_client_credentials');
    if (form.get('redirect_uri') !== redirectUrl) return fail('redirect_uri_mismatch');
    const code = form.get('code') ?? '';
    const issued = this.codes.get(code);
    this.codes.delete(code);
    const hash = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (issued?.challenge !== hash) return fail('bad_verification_code');
    const token = `gho_${randomBytes(18).toString('hex')}`;
    this.tokens.set(token, issued.scopes);
    send(response, isJson, { access_token: token, token_type: 'bearer', scope: issued.scopes.join(',') });
  }

  private api(request: IncomingMessage, response: ServerResponse, scope: string, body: unknown): void {
    if (request.headers['user-agent'] === undefined) return json(response, 403, { message: 'User-Agent is missing.' });
    const [, token = ''] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const scopes = this.tokens.get(token);
    if (scopes === undefined) return json(response, 401, { message: 'Bad credentials' });
    if (!scopes.includes(scope)) return json(response, 404, { message: 'Not Found' });
    json(response, 200, body);
  }

  private user(): object {
    const { id, name, email } = this.person;
    // The address of the profile is whatever the person wrote there; nobody has verified it.
    return { login: 'ada', id, node_id: 'MDQ6', type: 'User', site_admin: false, name, email: `public-${email}` };
  }

  private emails(): GithubAddress[] {
    const { email, isVerified } = this.person;
    return (
      this.addresses ?? [
        { email: `old-${email}`, primary: false, verified: true, visibility: null },
        { email, primary: true, verified: isVerified, visibility: 'private' },
        { email: '1+ada@users.noreply.github.com', primary: false, verified: true, visibility: null },
      ]
    );
  }
}

export function githubPerson(changes: Partial<TestPerson> = {}): TestPerson & { id: number } {
  const id = randomBytes(4).readUInt32BE();
  return { ...testPerson({ subject: String(id), ...changes }), id };
}

function send(response: ServerResponse, asJson: boolean, body: Record<string, string>): void {
  if (asJson) return json(response, 200, body);
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  response.writeHead(200, headers).end(new URLSearchParams(body).toString());
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
