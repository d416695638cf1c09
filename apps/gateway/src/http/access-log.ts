import { NestLogger } from '@app/observability';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** One line per answered request. The query stays out: it may hold what people searched for. */
@Injectable()
export class AccessLog {
  constructor(private readonly log: NestLogger) {}

  answered(request: FastifyRequest, reply: FastifyReply): void {
    const line = {
      request_id: request.id,
      ...(request.user !== undefined && { user_id: request.user.userId }),
      method: request.method,
      path: loggedPath(request.url),
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 100) / 100,
      ip: request.ip,
    };
    this.log.logger.info(line, 'request');
  }
}

/** Without the query; of a hook only that it was one, because who knows its address can call it. */
function loggedPath(url: string): string {
  const [path = ''] = url.split('?', 1);
  return path.startsWith('/hooks/') ? '/hooks/…' : path;
}
