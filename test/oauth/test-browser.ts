import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type { TestGateway } from '../gateway/test-gateway.js';

interface Cookie {
  name: string;
  value: string;
  sameSite: string;
}

/** Where a browser is, and what it was shown there. */
export interface Place {
  url: URL;
  /** Absent where it was stopped before it asked. */
  status?: number;
  body: string;
}

interface Request {
  method: 'GET' | 'POST';
  url: string;
  form?: string;
  /** Whether another site's page sends it. */
  crossSite: boolean;
}

const MAX_STEPS = 20;

/**
 * A browser as far as signing in needs one: it follows redirects, submits forms that submit themselves, and keeps
 * cookies by origin with what `__Host-`, `Secure` and `SameSite` mean. The gateway is asked without a network.
 */
export class TestBrowser {
  private readonly jars = new Map<string, Map<string, Cookie>>();

  constructor(
    private readonly gateway: TestGateway,
    /** Where the gateway is, as browsers see it. */
    private readonly publicUrl: string,
  ) {}

  /** Goes to an address, and on from there until a page, or an address that begins with `stop`. */
  async open(url: string, stop = 'https://app.test/'): Promise<Place> {
    return this.follow({ method: 'GET', url, crossSite: true }, stop);
  }

  /** Posts a form from another site's page. */
  async submit(url: string, form: URLSearchParams, stop = 'https://app.test/'): Promise<Place> {
    return this.follow({ method: 'POST', url, form: form.toString(), crossSite: true }, stop);
  }

  cookiesOf(origin: string): Cookie[] {
    return [...(this.jars.get(origin)?.values() ?? [])];
  }

  private async follow(first: Request, stop: string): Promise<Place> {
    let next = first;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const url = new URL(next.url);
      if (next.url.startsWith(stop)) return { url, body: next.form ?? '' };
      const { status, location, body } = await this.send(next);
      const form = location === undefined ? formIn(body) : undefined;
      if (location !== undefined) next = this.redirected(next, status, new URL(location, url).href);
      else if (form === undefined) return { url, status, body };
      else next = { method: 'POST', url: new URL(form.action, url).href, form: form.data, crossSite: true };
    }
    throw new Error('The browser went round in circles.');
  }

  private redirected(from: Request, status: number, url: string): Request {
    const { crossSite } = from;
    if (status === 307 && from.form !== undefined) return { method: 'POST', url, form: from.form, crossSite };
    return { method: 'GET', url, crossSite };
  }

  private async send(request: Request): Promise<{ status: number; location: string | undefined; body: string }> {
    const { origin } = new URL(request.url);
    const headers = {
      accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
      cookie: this.cookieHeader(origin, request),
      ...(request.form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    };
    const answer = origin === this.publicUrl ? await this.ask(request, headers) : await visit(request, headers);
    for (const line of answer.cookies) this.keep(origin, line);
    return answer;
  }

  private async ask({ method, url, form }: Request, headers: Record<string, string>) {
    const path = url.slice(this.publicUrl.length);
    const options: InjectOptions = { method, url: path, headers, ...(form !== undefined && { payload: form }) };
    const { statusCode: status, headers: given, body }: LightMyRequestResponse = await this.gateway.app.inject(options);
    const cookies = [given['set-cookie'] ?? []].flat();
    return { status, location: given.location, body, cookies };
  }

  /** Lax cookies come along when a link or a redirect leads here, not when another site posts a form. */
  private cookieHeader(origin: string, { method, crossSite }: Request): string {
    return this.cookiesOf(origin)
      .filter(({ sameSite }) => !crossSite || method === 'GET' || sameSite === 'none')
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  private keep(origin: string, line: string): void {
    const [first = '', ...rest] = line.split(';').map((part) => part.trim());
    const attributes = new Map(rest.map((part) => pairOf(part.toLowerCase())));
    const [name, value] = pairOf(first);
    const isSecure = attributes.has('secure');
    const isOfHost = isSecure && attributes.get('path') === '/' && !attributes.has('domain');
    if (name.startsWith('__Host-') && !isOfHost) return;
    if (attributes.get('samesite') === 'none' && !isSecure) return;
    const jar = this.jars.get(origin) ?? new Map<string, Cookie>();
    this.jars.set(origin, jar);
    jar.set(name, { name, value, sameSite: attributes.get('samesite') ?? 'lax' });
  }
}

async function visit({ method, url, form }: Request, headers: Record<string, string>) {
  const response = await fetch(url, { method, headers, body: form ?? null, redirect: 'manual' });
  const location = response.headers.get('location') ?? undefined;
  return { status: response.status, location, body: await response.text(), cookies: response.headers.getSetCookie() };
}

/** A page whose form submits itself (OAuth 2.0 Form Post Response Mode). */
function formIn(page: string): { action: string; data: string } | undefined {
  const [, action] = /<form method="post" action="([^"]+)">/i.exec(page) ?? [];
  if (action === undefined) return undefined;
  const fields = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/gi)];
  const data = new URLSearchParams(fields.map(([, name = '', value = '']): [string, string] => [name, value]));
  return { action, data: data.toString() };
}

function pairOf(text: string): [name: string, value: string] {
  const [name = ''] = text.split('=', 1);
  return [name, text.slice(name.length + 1)];
}
