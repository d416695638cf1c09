import { AppError } from '@app/contracts';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from './caller.js';

/** The caller of a route that is not public. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { user } = context.switchToHttp().getRequest<FastifyRequest>();
  if (user !== undefined) return user;
  throw new AppError({ code: 'INTERNAL_ERROR', kind: 'bug', message: 'A public route asks for the current user.' });
});
