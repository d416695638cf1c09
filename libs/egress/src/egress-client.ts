import type { EgressConfig } from '@app/config';
import { childSpan, currentContext, traceparent } from '@app/observability';
import { Agent } from 'undici';
import { AddressPolicy } from './address-policy.js';
import { CallEnd } from './call-end.js';
import { callError } from './call-error.js';
import { checkedUrl } from './checked-url.js';
import { decodeBody } from './decode-body.js';
import { isSafe, type EgressRequest, type EgressResponse } from './egress-request.js';
import { EgressError } from './egress.error.js';
import { Exchange } from './exchange.js';
import { pinnedLookup, type Resolve } from './pinned-lookup.js';
import { nextHop, type Hop } from './redirect.js';

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_REDIRECTS = 5;
const MAX_HEADER_BYTES = 16_384;
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
    const { method, url, body } = request;
    const end = new CallEnd(request.timeoutMs, request.signal);
    let hop: Hop = { method, url, headers: withOwnHeaders(request.headers), body, afterEffect: false };
    try {
      for (let redirects = 0; ; redirects += 1) {
        let exchange: Exchange | undefined;
        try {
          if (redirects > 0) await request.beforeRedirect?.(new URL(hop.url), end.signal);
          const to = checkedUrl(hop.url, this.policy);
          exchange = this.send(hop, to, request, end);
          const answer = await exchange.answer;
          const { status, headers, location } = answer;
          if (location === undefined) {
            const facts = { host: to.host, headers, maxBytes: this.config.maxResponseBytes };
            const decoded = decodeBody(answer.body, facts);
            const whole = decoded instanceof Promise ? await decoded : decoded;
            return { status, headers, body: whole, ...(hop.afterEffect && { afterEffect: true }) };
          }
          hop = nextHop(hop, to, { status, location }, request);
        } catch (error) {
          const { timedOut } = end;
          const why = { timedOut, aborted: request.signal.aborted, hasLeft: exchange?.hasLeft === true };
          const failure = callError(error, hop.url, why);
          throw hop.afterEffect ? afterEffect(failure) : failure;
        }
        if (redirects === MAX_REDIRECTS) throw tooManyRedirects(request.url, hop.afterEffect);
      }
    } finally {
      end.close();
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.pooled.destroy(), this.single.destroy()]);
  }

  private send(hop: Hop, url: URL, request: EgressRequest, end: CallEnd): Exchange {
    const { method, headers, body, afterEffect: isAfterEffect } = hop;
    const exchange = new Exchange({
      method,
      url,
      maxBytes: this.config.maxResponseBytes,
      followsRedirects: followsRedirects(request),
      mayLeave: (isAfterEffect ? undefined : request.mayLeave) ?? always,
    });
    end.watch(exchange);
    const agent = request.reuseConnection ? this.pooled : this.single;
    agent.dispatch({ origin: url.origin, path: url.pathname + url.search, method, headers, body }, exchange);
    return exchange;
  }
}

function always(): boolean {
  return true;
}

function followsRedirects({ redirects, method }: EgressRequest): boolean {
  return redirects === undefined ? isSafe(method) : redirects === 'follow';
}

function withOwnHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const sent = { ...headers };
  if (!names.includes('traceparent')) sent['traceparent'] = traceparent(childSpan(currentContext().trace));
  if (!names.includes('user-agent')) sent['user-agent'] = USER_AGENT;
  return sent;
}

function afterEffect({ code, message, cause }: EgressError): EgressError {
  return new EgressError(code, message, true, { cause });
}

function tooManyRedirects(url: string, mayHaveHappened: boolean): EgressError {
  const message = `${new URL(url).host} redirects more than ${MAX_REDIRECTS} times.`;
  return new EgressError('HTTP_INTERRUPTED', message, mayHaveHappened);
}
