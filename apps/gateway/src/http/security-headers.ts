import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/**
 * The headers that helmet sets, taken once: they are the same for every answer, and working them out each time costs
 * more than the rest of a small request.
 * @param publicUrl pages served without TLS must not ask for their scripts with it
 */
export function securityHeaders(publicUrl: string): Record<string, string> {
  const directives = publicUrl.startsWith('https:') ? {} : { 'upgrade-insecure-requests': null };
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet({ contentSecurityPolicy: { directives } })(request, response, (error) => {
    if (error !== undefined) throw new Error('helmet refuses its options.', { cause: error });
  });
  return Object.fromEntries(Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]));
}
