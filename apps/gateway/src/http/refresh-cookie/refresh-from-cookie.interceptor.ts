import { AuthConfig, HttpConfig } from '@app/config';
import { AppError } from '@app/contracts';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { keepInCookie, type WithTokens } from './keep-in-cookie.js';
import { isFromOwnPage } from './own-origin.js';
import { refreshTokenIn } from './refresh-cookie.js';

/**
 * Lets a page of ours refresh without holding the token: it is read from the cookie, from where on the request is as if
 * it had been in the body, and the new one goes into the cookie. Stands on one route, the only one that reads a cookie
 * of ours. A token in the body is used as it is, and no cookie is looked at.
 */
@Injectable()
export class RefreshFromCookieInterceptor implements NestInterceptor<WithTokens, WithTokens> {
  constructor(
    private readonly auth: AuthConfig,
    private readonly http: HttpConfig,
  ) {}

  /** @throws AppError FORBIDDEN when the cookie came with a request that no page of ours sent */
  intercept(context: ExecutionContext, next: CallHandler<WithTokens>): Observable<WithTokens> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const token = hasToken(request.body) ? undefined : refreshTokenIn(request.headers.cookie);
    if (token === undefined) return next.handle();
    if (!isFromOwnPage(request, this.http.publicUrl)) throw fromElsewhere();
    request.body = { ...(request.body as object | undefined), refresh_token: token };
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(map((answer) => keepInCookie(answer, reply, this.auth.refreshTokenTtlMs)));
  }
}

function hasToken(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Reflect.get(body, 'refresh_token') !== undefined;
}

function fromElsewhere(): AppError {
  const message = 'The refresh cookie is for the pages of this platform alone: send refresh_token in the body.';
  return new AppError({ code: 'FORBIDDEN', kind: 'user', message });
}
