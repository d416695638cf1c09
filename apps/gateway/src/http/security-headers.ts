import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/**
 * What most answers say depends on who asks, and their ETag is a row's version: a browser that kept `/auth/me` would
 * show it to whoever signs in next, whose version is the same. Answers that may be kept say so themselves.
 */
const NOT_KEPT = { 'cache-control': 'no-store' };

/**
 * The headers of every answer: those that helmet sets, taken once, because working them out each time costs more than
 * the rest of a small request, and that nobody keeps it.
 * @param publicUrl pages served without TLS must not ask for their scripts with it
 */
export function securityHeaders(publicUrl: string): Record<string, string> {
  const directives = publicUrl.startsWith('https:') ? {} : { 'upgrade-insecure-requests': null };
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet({ contentSecurityPolicy: { directives } })(request, response, (error) => {
    if (error !== undefined) throw new Error('helmet refuses its options.', { cause: error });
  });
  const headers = Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
  return { ...NOT_KEPT, ...(Object.fromEntries(headers) as Record<string, string>) };
}
