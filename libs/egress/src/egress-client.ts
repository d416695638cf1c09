import type { EgressConfig } from '@app/config';
import { childSpan, currentContext, traceparent } from '@app/observability';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, type Dispatcher } from 'undici';
import { AddressPolicy } from './address-policy.js';
import { callError } from './call-error.js';
import { checkedUrl } from './checked-url.js';
import { isSafe, type EgressRequest, type EgressResponse } from './egress-request.js';
import { EgressError } from './egress.error.js';
import { lastLook } from './last-look.js';
import { pinnedLookup, type Resolve } from './pinned-lookup.js';
import { readBody } from './read-body.js';
import { isRedirect, nextHop, type Hop } from './redirect.js';

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_REDIRECTS = 5;
const MAX_HEADER_BYTES = 16_384;
/** What is read of a redirect's body, which nobody sees, before its connection is given up. */
const MAX_REDIRECT_BYTES = 65_536;
const USER_AGENT = 'biometrics';

/** The one place through which calls leave the platform. */
export class EgressClient {
  private readonly policy: AddressPolicy;
  private readonly pooled: Agent;
  private readonly single: Agent;

  /** @param resolve how names are looked up, when not as the operating system does */
  constructor(
    private readonly config: Pick<EgressConfig, 'allow' | 'maxResponseBytes'>,
    resolve?: Resolve,
  ) {
    this.policy = new AddressPolicy(config.allow);
    const options = {
      // The policy never changes, so a connection that is used again still leads where it allowed it to.
      connect: { lookup: pinnedLookup(this.policy, resolve), timeout: CONNECT_TIMEOUT_MS },
      maxHeaderSize: MAX_HEADER_BYTES,
      // The request's own time counts, over everything.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    this.pooled = new Agent({ ...options, connections: 256 });
    this.single = new Agent({ ...options, pipelining: 0 });
  }

  /**
   * Makes one call, following up to five redirects, each checked like the first (`nextHop` has the rules). Sends
   * `traceparent` of the context it is called in, and a user agent, unless the request has its own.
   * @throws EgressError when there is no answer
   */
  async request(request: EgressRequest): Promise<EgressResponse> {
    const timeout = AbortSignal.timeout(request.timeoutMs);
    const signal = AbortSignal.any([request.signal, timeout]);
    const { method, url, body } = request;
    let hop: Hop = { method, url, headers: withOwnHeaders(request.headers), body, afterEffect: false };
    for (let redirects = 0; ; redirects += 1) {
      const mayLeave = hop.afterEffect ? undefined : request.mayLeave;
      let hasLeft = false;
      const dispatcher = this.dispatcher(request, mayLeave ?? (() => true), () => (hasLeft = true));
      try {
        if (redirects > 0) await request.beforeRedirect?.(new URL(hop.url), signal);
        const answer = await this.send(hop, dispatcher, request, signal);
        if (!('location' in answer)) return hop.afterEffect ? { ...answer, afterEffect: true } : answer;
        hop = nextHop(hop, answer.url, answer, request);
      } catch (error) {
        const why = { timedOut: timeout.aborted, aborted: request.signal.aborted, hasLeft };
        const failure = callError(error, hop.url, why);
        throw hop.afterEffect ? afterEffect(failure) : failure;
      }
      if (redirects === MAX_REDIRECTS) throw tooManyRedirects(request.url, hop.afterEffect);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.pooled.destroy(), this.single.destroy()]);
  }

  /** @param leaves told before the first byte of the request is written on a connection */
  private dispatcher({ reuseConnection }: EgressRequest, mayLeave: () => boolean, leaves: () => void): Dispatcher {
    const agent = reuseConnection ? this.pooled : this.single;
    return agent.compose(lastLook(mayLeave, leaves));
  }

  /** @returns the answer, or where to go on */
  private async send(
    hop: Hop,
    dispatcher: Dispatcher,
    request: EgressRequest,
    signal: AbortSignal,
  ): Promise<EgressResponse | { status: number; location: string; url: URL }> {
    const url = checkedUrl(hop.url, this.policy);
    const { method, headers, body } = hop;
    const path = url.pathname + url.search;
    const response = await dispatcher.request({ origin: url.origin, path, method, headers, body, signal });
    const answer = { status: response.statusCode, headers: flatten(response.headers) };
    const { location } = answer.headers;
    if (followsRedirects(request) && isRedirect(answer.status, location, url)) {
      await response.body.dump({ limit: MAX_REDIRECT_BYTES, signal });
      return { status: answer.status, location, url };
    }
    const facts = { host: url.host, method, headers: answer.headers, maxBytes: this.config.maxResponseBytes };
    return { ...answer, body: await readBody(response.body, facts) };
  }
}

function followsRedirects({ redirects, method }: EgressRequest): boolean {
  return redirects === undefined ? isSafe(method) : redirects === 'follow';
}

function withOwnHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  return {
    ...headers,
    ...(!names.has('traceparent') && { traceparent: traceparent(childSpan(currentContext().trace)) }),
    ...(!names.has('user-agent') && { 'user-agent': USER_AGENT }),
  };
}

function afterEffect({ code, message, cause }: EgressError): EgressError {
  return new EgressError(code, message, true, { cause });
}

function tooManyRedirects(url: string, mayHaveHappened: boolean): EgressError {
  const message = `${new URL(url).host} redirects more than ${MAX_REDIRECTS} times.`;
  return new EgressError('HTTP_INTERRUPTED', message, mayHaveHappened);
}

function flatten(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
