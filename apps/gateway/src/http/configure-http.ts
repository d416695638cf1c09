import { HttpConfig } from '@app/config';
import { GracefulShutdown, ShutdownPhase } from '@app/observability';
import helmet from '@fastify/helmet';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { addBodyParsers } from './body-parsers.js';
import { RequestHooks } from './request-hooks.js';
import { setPrefix } from './set-prefix.js';

/** What clients on other origins may read beyond the usual. */
const exposedHeaders = ['ETag', 'Location', 'Retry-After', 'X-Request-ID'];

/** Prefix, hooks, parsers and headers of the API; what is part of the dependency injection is in the HttpModule. */
export async function configureHttp(app: NestFastifyApplication): Promise<void> {
  const { corsOrigins, publicUrl } = app.get(HttpConfig);
  const server = app.getHttpAdapter().getInstance();
  setPrefix(app);
  app.get(RequestHooks).addTo(server);
  addBodyParsers(server);
  await app.register(helmet, { contentSecurityPolicy: { directives: policy(publicUrl) } });
  // Requests that are under way are answered before anything they need is taken down.
  app.get(GracefulShutdown).add(ShutdownPhase.StopTaking, 'http server', () => server.close());
  if (corsOrigins.length > 0) app.enableCors({ origin: corsOrigins, exposedHeaders });
}

/** helmet's own policy, except that pages served without TLS must not ask for their scripts with it. */
function policy(publicUrl: string): Record<string, string[] | null> {
  return publicUrl.startsWith('https:') ? {} : { 'upgrade-insecure-requests': null };
}
