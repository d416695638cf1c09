import { HttpConfig } from '@app/config';
import type { AppError } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.js';
import { PROBLEM_TYPE, problemDocument } from '../problems/problem-document.js';
import { whenThere, type NowOrLater } from '../now-or-later.js';
import { GeneralLimiter } from './general-limiter.js';
import { ProxyHint } from './proxy-hint.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** It shows a credential that nobody has looked at yet, so that it is not known whose bucket it is taken from. */
    isUncounted: boolean;
  }
}

const HOOK = '/hooks/:token';

/**
 * Takes each request from a bucket, the sooner the better: one without a credential before its body is read, one with
 * a good credential in the guard, and whatever was answered before the guard, a bad credential above all, before the
 * answer leaves.
 */
@Injectable()
export class RateLimitHooks {
  private readonly answersPreflights: boolean;

  constructor(
    config: HttpConfig,
    private readonly limiter: GeneralLimiter,
    private readonly proxyHint: ProxyHint,
  ) {
    this.answersPreflights = config.corsOrigins.length > 0;
  }

  /** Call before routes are added. */
  addTo(server: FastifyInstance): void {
    server.decorateRequest('isUncounted', false);
    // A limiter never rejects, so `done` is all that can come of it.
    server.addHook('onRequest', (request, reply, done) => {
      if (this.isExempt(request)) return done();
      request.isUncounted = request.headers.authorization !== undefined && !isHook(request);
      if (request.isUncounted) return done();
      void whenThere(this.countNow(request, reply), done);
    });
    server.addHook('onSend', (request, reply, payload, done) => {
      // A hook that is not there says nothing about who asks: guessing at tokens counts like any anonymous request.
      const isWrongHook = reply.statusCode === 404 && isHook(request);
      if (!request.isUncounted && !isWrongHook) return done(null, payload);
      void whenThere(this.countLate(request, reply, payload), (counted) => done(null, counted));
    });
  }

  /** Probes come often and from one address; keys are public, cacheable, and needed to verify anything at all. */
  private isExempt({ routeOptions: { url }, method }: FastifyRequest): boolean {
    if (url === '/health' || url === '/ready' || url?.startsWith('/.well-known/') === true) return true;
    // Browsers send these for people who are signed in, without saying so; they are answered without any work.
    return method === 'OPTIONS' && this.answersPreflights;
  }

  private countNow(request: FastifyRequest, reply: FastifyReply): NowOrLater<AppError | undefined> {
    if (isHook(request)) return this.limiter.take('hook', tokenOf(request), reply);
    return this.takeFromAddress(request, reply);
  }

  /** @returns the answer's body, which is another one when the request should not have been answered at all */
  private countLate(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
    // A refused credential says nothing: whoever stole it must not use up the requests of whose it was.
    const user = reply.statusCode === 401 ? undefined : request.user;
    return whenThere(this.count(request, reply, user), (refused) => {
      if (refused === undefined) return payload;
      const document = problemDocument(refused, request.url, request.id);
      void reply.code(document.status).removeHeader('www-authenticate').removeHeader('content-length');
      void reply.headers({ 'content-type': PROBLEM_TYPE, 'retry-after': String(refused.retryAfterS) });
      return JSON.stringify(document);
    });
  }

  /**
   * Takes a request from the bucket of whom it has turned out to be from.
   * @returns why it is refused; undefined when it is not
   */
  count(request: FastifyRequest, reply: FastifyReply, user: Caller | undefined): NowOrLater<AppError | undefined> {
    request.isUncounted = false;
    if (user === undefined) return this.takeFromAddress(request, reply);
    return this.limiter.take('user', user.userId, reply);
  }

  private takeFromAddress(request: FastifyRequest, reply: FastifyReply): NowOrLater<AppError | undefined> {
    return whenThere(this.limiter.take('address', request.ip, reply), (refused) => {
      if (refused !== undefined) this.proxyHint.refused(request);
      return refused;
    });
  }
}

function isHook({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url === HOOK;
}

function tokenOf({ params }: FastifyRequest): string {
  return (params as { token: string }).token;
}
