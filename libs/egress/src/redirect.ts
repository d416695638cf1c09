import { withoutBodyHeaders, withoutCredentials } from './credential-headers.js';
import { isSafe, type EgressRequest } from './egress-request.js';
import { EgressError } from './egress.error.js';

/** One request of a call: the first, or one that a redirect asked for. */
export interface Hop {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | null;
  /** Whether a request with an effect was answered before this one, so that the effect has most likely happened. */
  afterEffect: boolean;
}

const statuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Whether an answer sends us elsewhere. */
export function isRedirect(status: number, location: string | undefined, url: URL): location is string {
  return statuses.has(status) && location !== undefined && URL.canParse(location, url.href);
}

/**
 * The request that a redirect asks for, by the rules of the Fetch standard (§4.4, HTTP-redirect fetch): 303, and 301 and
 * 302 after POST, turn it into a GET without a body; every other one repeats it. Stricter than Fetch: never from https to
 * http, more headers stay behind at another origin, and what is bound to its origin is not repeated elsewhere.
 *
 * What it means for the effect: a receiver that answers "look there" has taken the request, so from here on it may have
 * happened. One that answers "send it there" has not: only what comes of the next hop counts.
 * @throws EgressError EGRESS_REFUSED
 */
export function nextHop(hop: Hop, url: URL, answer: { status: number; location: string }, request: EgressRequest): Hop {
  const to = new URL(answer.location, url);
  const becomesGet = turnsIntoGet(hop.method, answer.status);
  const afterEffect = hop.afterEffect || (becomesGet && !isSafe(hop.method));
  if (url.protocol === 'https:' && to.protocol === 'http:') {
    throw new EgressError('EGRESS_REFUSED', `${url.host} redirects to ${to.host} without encryption.`, afterEffect);
  }
  const leaves = to.origin !== url.origin;
  const { boundBecause } = request;
  if (leaves && !becomesGet && boundBecause !== undefined && !isSafe(hop.method)) {
    const message = `${url.host} redirects the ${hop.method} to ${to.origin}, where it is not sent because ${boundBecause}. Put the new address into the url.`;
    throw new EgressError('EGRESS_REFUSED', message, afterEffect);
  }
  const kept = leaves ? withoutCredentials(hop.headers, request.secretHeaders) : hop.headers;
  return becomesGet
    ? { method: 'GET', url: to.href, headers: withoutBodyHeaders(kept), body: null, afterEffect }
    : { ...hop, url: to.href, headers: kept, afterEffect };
}

function turnsIntoGet(method: string, status: number): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD';
  return (status === 301 || status === 302) && method === 'POST';
}
