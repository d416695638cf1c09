import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { AuthThrottle } from '../../auth/throttling/auth-throttle.service.js';
import { guessingActions, type ThrottledAction } from './throttled-action.js';

export const THROTTLED = 'throttled';

/** Longer than any address; what is longer is not one and gets no bucket of its own. */
const LONGEST_EMAIL = 320;

/** What `@Throttled()` asks for: runs before the body is validated, so the e-mail address is what was typed. */
@Injectable()
export class ThrottleInterceptor implements NestInterceptor {
  constructor(private readonly throttle: AuthThrottle) {}

  async intercept(context: ExecutionContext, next: CallHandler<unknown>): Promise<Observable<unknown>> {
    const action = Reflect.getMetadata(THROTTLED, context.getHandler()) as ThrottledAction;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const email = request.user?.email ?? emailIn(request.body);
    const what = { action, ipAddress: request.ip, email };
    if (email !== undefined && guessingActions.has(action)) {
      const attempt = { ...what, email };
      return of(await this.throttle.attempt(attempt, () => lastValueFrom(next.handle(), { defaultValue: undefined })));
    }
    await this.throttle.take(what);
    return next.handle();
  }
}

function emailIn(body: unknown): string | undefined {
  const email: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'email') : undefined;
  return typeof email === 'string' ? email.slice(0, LONGEST_EMAIL) : undefined;
}
