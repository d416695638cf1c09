import type { AppError } from '@app/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseJsonBody } from './json-body.js';
import { problem } from './problems/problem.js';
import { RAW_BODY } from './raw-body.decorator.js';

/** JSON for every route; anything else only for routes that want the bytes. Call before routes are added. */
export function addBodyParsers(server: FastifyInstance): void {
  const rawRoutes = new Set<string | undefined>();
  // Nest hands a handler's metadata on to Fastify, but a `@RouteConfig()` only for routes of one method.
  server.addHook('onRoute', ({ url, handler }) => {
    if (Reflect.getMetadata(RAW_BODY, handler) === true) rawRoutes.add(url);
  });
  const wantsBytes = ({ routeOptions }: FastifyRequest): boolean => rawRoutes.has(routeOptions.url);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    // Without a promise for each body.
    (request: FastifyRequest, body: Buffer, done) => {
      let read: unknown;
      try {
        read = wantsBytes(request) ? body : parseJsonBody(body);
      } catch (error) {
        done(error as AppError);
        return;
      }
      done(null, read);
    },
  );
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (request: FastifyRequest, body: Buffer, done) => {
    if (wantsBytes(request)) done(null, body);
    else done(problem('UNSUPPORTED_MEDIA_TYPE'));
  });
}
