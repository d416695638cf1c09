import { newId } from '@app/contracts';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/**
 * The id of what a creating route makes. All requests with one Idempotency-Key get the same one, also when the first was
 * cut off after its commit: insert with `ON CONFLICT (id) DO NOTHING` and answer with what is there, and a key never
 * makes two of it.
 */
export const MadeId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  return context.switchToHttp().getRequest<FastifyRequest>().madeId ?? newId();
});
