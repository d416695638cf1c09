import { HttpConfig } from '@app/config';
import { continueTrace, runInContext } from '@app/observability';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { limitAnswer } from './answer-deadline.js';
import { AccessLog } from './access-log.js';
import { HttpMetrics } from './http-metrics.js';
import { KnownRoutes } from './known-routes.js';
import { problem } from './problems/problem.js';
import { STREAMED, STREAMED_FOR_MS } from './streamed.decorator.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Longest time from the request to its whole answer, in ms. Defaults to SERVER_WRITE_TIMEOUT. */
    answerWithinMs?: number;
  }
}

/** What happens to every request around its handler. */
@Injectable()
export class RequestHooks {
  constructor(
    private readonly routes: KnownRoutes,
    private readonly log: AccessLog,
    private readonly metrics: HttpMetrics,
    private readonly config: HttpConfig,
  ) {}

  /**
   * Call before routes are added.
   * @param headers that every answer carries
   */
  addTo(server: FastifyInstance, headers: Readonly<Record<string, string>>): void {
    server.addHook('onRoute', (route) => {
      this.routes.add(route.method, route.url);
      if (Reflect.getMetadata(STREAMED, route.handler) !== true) return;
      route.config = { ...route.config, answerWithinMs: STREAMED_FOR_MS };
    });
    server.addHook('onRequest', (request, reply, done) => {
      void reply.headers(headers).header('x-request-id', request.id);
      // PostgreSQL takes no U+0000 in a text, so nothing that holds one can be found.
      done(request.url.includes('%00') ? problem('BAD_REQUEST') : undefined);
    });
    // The whole request is here by now; until then SERVER_READ_TIMEOUT counts.
    server.addHook('preValidation', (request, reply, done) => {
      limitAnswer(request, reply, request.routeOptions.config.answerWithinMs ?? this.config.writeTimeoutMs);
      done();
    });
    // Reading a body leaves the context it was started in, so the context begins where the handler does.
    server.addHook('preHandler', (request, _reply, done) => runInContext(contextOf(request), done));
    server.addHook('onResponse', (request, reply, done) => {
      this.answered(request, reply);
      done();
    });
  }

  private answered(request: FastifyRequest, reply: FastifyReply): void {
    this.log.answered(request, reply);
    this.metrics.answered(request, reply);
  }
}

function contextOf({ id, headers }: FastifyRequest) {
  const header = headers['traceparent'];
  return { requestId: id, trace: continueTrace(typeof header === 'string' ? header : undefined) };
}
