import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseJsonBody } from './json-body.js';
import { problem } from './problems/problem.js';
import { RAW_BODY } from './raw-body.decorator.js';

/** JSON for every route; anything else only for routes that want the bytes. */
export function addBodyParsers(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => (wantsBytes(request) ? body : parseJsonBody(body)),
  );
  server.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    if (wantsBytes(request)) return body;
    throw problem('UNSUPPORTED_MEDIA_TYPE');
  });
}

function wantsBytes(request: FastifyRequest): boolean {
  return Reflect.get(request.routeOptions.config, RAW_BODY) === true;
}
