import { AppError } from '@app/contracts';
import { addToContext } from '@app/observability';
import { unauthorized } from '@app/security';
import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import type { Access } from '../http/access/access.decorators.js';
import { accessOf } from '../http/access/access-of.js';
import type { Caller } from '../http/access/caller.js';

/** Lets in whom a route is declared for, and nobody to a route that declares nothing. */
@Injectable()
export class AccessGuard extends AuthGuard('jwt') {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = accessOf(context.getHandler(), context.getClass());
    if (access === undefined) throw undeclared();
    if (access.who === 'everybody') return true;
    await super.canActivate(context);
    const { user } = context.switchToHttp().getRequest<FastifyRequest>();
    if (user === undefined) throw unauthorized();
    addToContext({ userId: user.userId });
    if (!isAllowed(access, user)) throw forbidden();
    return true;
  }

  /** One answer to whatever is wrong with the credentials; what is wrong with us passes through. */
  override handleRequest<T>(error: unknown, user: T | false | undefined): T {
    if (error !== null && error !== undefined) throw error;
    if (user === false || user === undefined) throw unauthorized();
    return user;
  }
}

function isAllowed(access: Exclude<Access, { who: 'everybody' }>, { roles }: Caller): boolean {
  switch (access.who) {
    case 'authenticated':
      return true;
    case 'roles':
      return access.roles.some((role) => roles.includes(role));
  }
}

function undeclared(): AppError {
  return new AppError({ code: 'INTERNAL_ERROR', kind: 'bug', message: 'This route does not say who may call it.' });
}

function forbidden(): AppError {
  return new AppError({ code: 'FORBIDDEN', kind: 'user', message: 'This is not for your role.' });
}
