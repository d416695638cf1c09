import { AppError } from '@app/contracts';
import { addToContext } from '@app/observability';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Access } from '../http/access/access.decorators.js';
import { accessOf } from '../http/access/access-of.js';
import type { Caller } from '../http/access/caller.js';
import { JwtAuthenticator } from './jwt-authenticator.js';

/** Lets in whom a route is declared for, and nobody to a route that declares nothing. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly authenticator: JwtAuthenticator) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = accessOf(context.getHandler(), context.getClass());
    if (access === undefined) throw undeclared();
    if (access.who === 'everybody') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = await this.authenticator.authenticate(request);
    request.user = caller;
    addToContext({ userId: caller.userId });
    if (!isAllowed(access, caller)) throw forbidden();
    return true;
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
