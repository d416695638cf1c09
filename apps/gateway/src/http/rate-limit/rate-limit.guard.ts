import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimitHooks } from './rate-limit.hooks.js';

/** Behind the AccessGuard: takes a request from the bucket of the user it has turned out to be from. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(private readonly hooks: RateLimitHooks) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    return request.isUncounted ? this.count(request, http.getResponse<FastifyReply>()) : true;
  }

  private async count(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const refused = await this.hooks.count(request, reply, request.user);
    if (refused !== undefined) throw refused;
    return true;
  }
}
