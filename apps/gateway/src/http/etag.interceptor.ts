import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';

/** A row's version; `revision` where `version` counts something else, like the definitions of a workflow. */
interface Versioned {
  version: number;
  revision?: number;
}

/**
 * Sends the version of the single resource that a route answers with as its ETag, and 304 without a body when the
 * client has that version (If-None-Match, RFC 9110 §13.1.2).
 */
@Injectable()
export class EtagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<Versioned>): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(map((resource) => answer(resource, request, reply)));
  }
}

function answer(resource: Versioned, request: FastifyRequest, reply: FastifyReply): unknown {
  const etag = `"${resource.revision ?? resource.version}"`;
  void reply.header('etag', etag);
  const known = request.headers['if-none-match'];
  if (request.method !== 'GET' || known === undefined || !names(known, etag)) return resource;
  void reply.status(304);
  return undefined;
}

function names(header: string, etag: string): boolean {
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
