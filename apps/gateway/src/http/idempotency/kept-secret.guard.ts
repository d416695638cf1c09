import { AppError } from '@app/contracts';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/**
 * Routes that answer with tokens or secrets, by the beginning of their path. An answer that is kept for being given
 * again would be a second place where they could be read.
 */
const SECRETIVE = [
  '/api/v1/auth/',
  '/api/v1/api-keys',
  '/api/v1/secrets',
  '/api/v1/integrations',
  '/api/v1/service-accounts/:id/keys',
  '/api/v1/event-subscriptions',
];

/** @param route with its parameters unfilled: `/api/v1/runs/:id` */
export function mayKeepAnswers(route: string): boolean {
  return !SECRETIVE.some((beginning) => route.startsWith(beginning));
}

/** Refuses `Idempotency-Key` where no answer may be kept, instead of letting clients believe it did something. */
@Injectable()
export class KeptSecretGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
    if (headers['idempotency-key'] === undefined) return true;
    if (mayKeepAnswers(routeOptions.url ?? '')) return true;
    throw new AppError({ code: 'BAD_REQUEST', kind: 'user', message: MESSAGE });
  }
}

const MESSAGE =
  'Idempotency-Key is not taken here: the answer may hold a token or a secret, which is not kept. Leave the header out.';
