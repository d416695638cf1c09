import { AuthConfig } from '@app/config';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { keepInCookie, type WithTokens } from './keep-in-cookie.js';

/** Puts the refresh token of a sign-in into the cookie instead of the answer when the body says `refresh_in_cookie`. */
@Injectable()
export class RefreshToCookieInterceptor implements NestInterceptor<WithTokens, WithTokens> {
  constructor(private readonly config: AuthConfig) {}

  intercept(context: ExecutionContext, next: CallHandler<WithTokens>): Observable<WithTokens> {
    const { body } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!wantsCookie(body)) return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(map((answer) => keepInCookie(answer, reply, this.config.refreshTokenTtlMs)));
  }
}

function wantsCookie(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Reflect.get(body, 'refresh_in_cookie') === true;
}
