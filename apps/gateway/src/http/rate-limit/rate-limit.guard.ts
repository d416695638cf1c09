import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { whenThere, type NowOrLater } from '../now-or-later.js';
import { RateLimitHooks } from './rate-limit.hooks.js';

/** Behind the AccessGuard: takes a request from the bucket of the user it has turned out to be from. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(private readonly hooks: RateLimitHooks) {}

  canActivate(context: ExecutionContext): NowOrLater<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (!request.isUncounted) return true;
    return whenThere(this.hooks.count(request, http.getResponse<FastifyReply>(), request.user), (refused) => {
      if (refused !== undefined) throw refused;
      return true;
    });
  }
}
