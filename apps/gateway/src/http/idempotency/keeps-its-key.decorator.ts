import { createParamDecorator, SetMetadata, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { KeyedRequest } from './keyed-request.js';

const KEEPS_ITS_KEY = 'keeps-its-key';

/**
 * For routes that write the Idempotency-Key's row in the statement that does what they are asked for, and read the
 * request with `@Keyed()`. They throw IDEMPOTENCY_MISMATCH when the key is known: the interceptor looks what it was
 * answered.
 */
export function KeepsItsKey(): CustomDecorator {
  return SetMetadata(KEEPS_ITS_KEY, true);
}

export function keepsItsKey(handler: object): boolean {
  return Reflect.getMetadata(KEEPS_ITS_KEY, handler) === true;
}

/** The {@link KeyedRequest}; undefined when no Idempotency-Key was sent. */
export const Keyed = createParamDecorator((_: unknown, context: ExecutionContext): KeyedRequest | undefined => {
  return context.switchToHttp().getRequest<FastifyRequest>().keyed;
});
