import type { CustomFetch } from 'openid-client';
import { ProviderAwayError } from './provider-errors.js';

/** Metadata, keys and tokens are a few kilobytes. */
const MAX_BYTES = 262_144;

/** Statuses after which it makes sense to come back later. */
function isOutOfOrder(status: number): boolean {
  return status >= 500 || status === 429;
}

/**
 * How a provider is asked: the answer is read whole, up to a limit, within the time that openid-client gives it.
 * @throws ProviderAwayError when there is no answer
 */
export const providerFetch: CustomFetch = async (url, options) => {
  try {
    const response = await fetch(url, options as RequestInit);
    const body = await readBody(response);
    const { status, headers } = response;
    if (isOutOfOrder(status)) throw new ProviderAwayError(`status ${status}`);
    return new Response(body.length === 0 ? null : body, { status, headers });
  } catch (error) {
    throw error instanceof ProviderAwayError ? error : new ProviderAwayError('no answer', { cause: error });
  }
};

async function readBody(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    // Leaving the loop closes the connection.
    if (size > MAX_BYTES) throw new ProviderAwayError('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
