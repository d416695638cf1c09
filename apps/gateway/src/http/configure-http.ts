import { HttpConfig } from '@app/config';
import { GracefulShutdown, ShutdownPhase } from '@app/observability';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { addBodyParsers } from './body-parsers.js';
import { closeServer } from './close-server.js';
import { RateLimitHooks } from './rate-limit/rate-limit.hooks.js';
import { RequestHooks } from './request-hooks.js';
import { securityHeaders } from './security-headers.js';
import { setPrefix } from './set-prefix.js';

/** What clients on other origins may read beyond the usual. */
const exposedHeaders = [
  'ETag',
  'Idempotency-Replayed',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-ID',
];

/** Prefix, hooks, parsers and headers of the API; what is part of the dependency injection is in the HttpModule. */
export function configureHttp(app: NestFastifyApplication): void {
  const { corsOrigins, publicUrl } = app.get(HttpConfig);
  const server = app.getHttpAdapter().getInstance();
  setPrefix(app);
  app.get(RequestHooks).addTo(server, securityHeaders(publicUrl));
  app.get(RateLimitHooks).addTo(server);
  addBodyParsers(server);
  // Requests that are under way are answered before anything they need is taken down.
  app.get(GracefulShutdown).add(ShutdownPhase.StopTaking, 'http server', () => closeServer(server));
  if (corsOrigins.length > 0) app.enableCors({ origin: corsOrigins, exposedHeaders });
}
