import { AppError } from '@app/contracts';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { STEP_UP } from '../../http/access/access.decorators.js';
import type { NowOrLater } from '../../http/now-or-later.js';
import { Proofs } from './proofs.service.js';

/**
 * Lets a request to a route with `@StepUp()` pass when its session was proved a moment ago. Comes after the guard that
 * finds out who is calling.
 */
@Injectable()
export class StepUpGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly proofs: Proofs,
  ) {}

  canActivate(context: ExecutionContext): NowOrLater<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(STEP_UP, targets) !== true) return true;
    const { user } = context.switchToHttp().getRequest<FastifyRequest>();
    if (user === undefined) throw openToTheWorld();
    return this.proofs.require(user).then(() => true);
  }
}

function openToTheWorld(): AppError {
  return new AppError({ code: 'INTERNAL_ERROR', kind: 'bug', message: 'A public route asks for a step-up.' });
}
