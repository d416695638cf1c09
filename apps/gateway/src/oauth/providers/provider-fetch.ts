import { EgressClient, EgressError, type EgressResponse } from '@app/egress';
import type { CustomFetch, CustomFetchOptions } from 'openid-client';
import { ProviderAwayError } from './provider-errors.js';

/** Metadata, keys and tokens are a few kilobytes. */
const MAX_BYTES = 262_144;
/** Longer than OAUTH_TIMEOUT can be, which ends the call by its signal. */
const LONGEST_MS = 600_000;

/** Statuses after which it makes sense to come back later. */
function isOutOfOrder(status: number): boolean {
  return status >= 500 || status === 429;
}

/**
 * How a provider is asked: by the client that all calls go through. Who named a provider in the configuration allows its
 * address, private ones too; to what its metadata names the rules for everybody apply. The answer is read whole, up to a
 * limit, within the time that openid-client gives it; redirects are answers.
 * @param urls those of the configuration
 * @returns a function that throws ProviderAwayError when there is no answer
 */
export function providerFetch(...urls: readonly string[]): CustomFetch {
  const allow = urls.map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ''));
  const egress = new EgressClient({ allow, maxResponseBytes: MAX_BYTES });
  return async (url, options) => {
    const { status, headers, body } = await ask(egress, url, options);
    if (isOutOfOrder(status)) throw new ProviderAwayError(`status ${status}`);
    return new Response(body.length === 0 ? null : new Uint8Array(body), { status, headers: decoded(headers) });
  };
}

async function ask(egress: EgressClient, url: string, options: CustomFetchOptions): Promise<EgressResponse> {
  const { method, headers, body, signal = new AbortController().signal } = options;
  try {
    return await egress.request({
      method,
      url,
      headers,
      body: textOf(body),
      timeoutMs: LONGEST_MS,
      signal,
      reuseConnection: method === 'GET',
      redirects: 'answer',
    });
  } catch (error) {
    const reason = error instanceof EgressError ? reasonOf(error) : 'no answer';
    throw new ProviderAwayError(reason, { cause: error });
  }
}

function reasonOf({ code, message }: EgressError): string {
  if (code === 'RESPONSE_TOO_LARGE') return 'the answer is too large';
  return code === 'EGRESS_REFUSED' ? message : 'no answer';
}

function textOf(body: CustomFetchOptions['body']): string | null {
  if (body === null || body === undefined) return null;
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new Error('openid-client sends forms and texts only.');
}

/** The headers of a body that has been decompressed. */
function decoded(headers: EgressResponse['headers']): EgressResponse['headers'] {
  const { 'content-encoding': _coding, 'content-length': _length, ...rest } = headers;
  return rest;
}
