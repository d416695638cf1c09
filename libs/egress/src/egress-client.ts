import type { EgressConfig } from '@app/config';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import { AddressPolicy } from './address-policy.js';
import { callError } from './call-error.js';
import { EgressError } from './egress.error.js';
import { lastLook } from './last-look.js';
import { pinnedLookup, refusal } from './pinned-lookup.js';

export interface EgressRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | null;
  /** Whole time from connecting to the last byte, in ms. */
  timeoutMs: number;
  signal: AbortSignal;
  /**
   * Whether the request may go over a connection that served another one. A receiver may close an idle connection at
   * the very moment we write on it, and then nobody knows whether it read the request.
   */
  reuseConnection: boolean;
  /**
   * Asked in the last moment before the first byte leaves: on false nothing is sent, and the call fails as one that has
   * certainly not happened. Not asked again for a redirect.
   */
  mayLeave?: () => boolean;
}

export interface EgressResponse {
  status: number;
  /** Lower-case names; several lines of a name are joined by a comma. */
  headers: Record<string, string>;
  body: Buffer;
}

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_REDIRECTS = 5;

/** The one place through which calls leave the platform. */
export class EgressClient {
  private readonly policy: AddressPolicy;
  private readonly pooled: Agent;
  private readonly single: Agent;

  constructor(private readonly config: EgressConfig) {
    this.policy = new AddressPolicy(config.allow);
    const connect = { lookup: pinnedLookup(this.policy), timeout: CONNECT_TIMEOUT_MS };
    this.pooled = new Agent({ connect, connections: 256 });
    this.single = new Agent({ connect, pipelining: 0 });
  }

  /**
   * Makes one call. GET and HEAD follow up to five redirects, each checked like the first; every other method gets the
   * redirect as its answer, because following it would be a second effect.
   * @throws EgressError when there is no answer
   */
  async request(request: EgressRequest): Promise<EgressResponse> {
    const timeout = AbortSignal.timeout(request.timeoutMs);
    const signal = AbortSignal.any([request.signal, timeout]);
    let url = this.checked(request.url);
    for (let redirects = 0; ; redirects += 1) {
      const response = await this.once(url, request, signal).catch((error: unknown) => {
        throw callError(error, url, { timedOut: timeout.aborted, aborted: request.signal.aborted });
      });
      const next = redirectTarget(request.method, response, url);
      if (next === undefined) return response;
      if (redirects === MAX_REDIRECTS) {
        throw new EgressError('HTTP_INTERRUPTED', `${url.origin} redirects more than ${MAX_REDIRECTS} times.`, true);
      }
      const crossesOrigin = new URL(next).origin !== url.origin;
      url = this.checked(next);
      const { mayLeave: _, ...rest } = request;
      request = crossesOrigin ? { ...rest, headers: withoutCredentials(request.headers) } : rest;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.pooled.destroy(), this.single.destroy()]);
  }

  private checked(text: string): URL {
    if (!URL.canParse(text)) throw new EgressError('EGRESS_REFUSED', 'The url is not an absolute URL.', false);
    const url = new URL(text);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new EgressError('EGRESS_REFUSED', `Only http and https URLs can be called, not ${url.protocol}`, false);
    }
    // A name is checked when it is resolved; an address is never looked up, so it is checked here.
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !this.policy.allows(host, host)) throw refusal(host);
    return url;
  }

  private async once(url: URL, request: EgressRequest, signal: AbortSignal): Promise<EgressResponse> {
    const agent = request.reuseConnection ? this.pooled : this.single;
    const dispatcher: Dispatcher = request.mayLeave === undefined ? agent : agent.compose(lastLook(request.mayLeave));
    const response = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method,
      headers: request.headers,
      body: request.body,
      signal,
    });
    return {
      status: response.statusCode,
      headers: flatten(response.headers),
      body: await this.read(response.body, url),
    };
  }

  private async read(body: AsyncIterable<Buffer>, url: URL): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body) {
      size += chunk.length;
      if (size > this.config.maxResponseBytes) {
        const limit = this.config.maxResponseBytes;
        throw new EgressError('RESPONSE_TOO_LARGE', `The answer of ${url.origin} is larger than ${limit} bytes.`, true);
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }
}

function redirectTarget(method: string, response: EgressResponse, url: URL): string | undefined {
  const location = response.headers['location'];
  if (location === undefined || ![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  if ((method !== 'GET' && method !== 'HEAD') || !URL.canParse(location, url.href)) return undefined;
  return new URL(location, url).href;
}

/** What proves who we are to one origin is not for another. */
function withoutCredentials(headers: Record<string, string>): Record<string, string> {
  const secret = ['authorization', 'cookie', 'proxy-authorization'];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secret.includes(name.toLowerCase())));
}

function flatten(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
