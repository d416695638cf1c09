import type { FastifyRequest } from 'fastify';

/**
 * Whether a page of ours sent a request: browsers say truthfully which origin asks, and nobody else has cookies to
 * lose. Without an `Origin` it is refused, and so is whatever the browser itself calls a request between sites
 * (W3C Fetch Metadata).
 * @param publicUrl origin of the pages where a proxy hides from the gateway how it was asked
 */
export function isFromOwnPage({ headers, protocol }: FastifyRequest, publicUrl: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  const own = [new URL(publicUrl).origin, `${protocol}://${headers.host}`];
  return headers.origin !== undefined && own.includes(headers.origin);
}
