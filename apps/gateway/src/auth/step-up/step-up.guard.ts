import { StepUpConfig } from '@app/config';
import { AppError, type NeededProof } from '@app/contracts';
import { unauthorized } from '@app/security';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Pool } from 'pg';
import { STEP_UP } from '../../http/access/access.decorators.js';
import type { Caller } from '../../http/access/caller.js';
import { isProved, proofMethodsOf, type SessionProof } from './session-proof.js';
import { readProof } from './step-up.sql.js';

/**
 * Lets a request to a route with `@StepUp()` pass when its session was proved a moment ago. Comes after the guard that
 * finds out who is calling. Asks the database each time: such routes are few, and what it says must be true now.
 */
@Injectable()
export class StepUpGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly pool: Pool,
    private readonly config: StepUpConfig,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(STEP_UP, targets) !== true) return true;
    const { user } = context.switchToHttp().getRequest<FastifyRequest>();
    if (user === undefined) throw openToTheWorld();
    const proof = await this.proofOf(user);
    if (isProved(proof)) return true;
    throw stepUpRequired({
      methods: proofMethodsOf(proof),
      max_age_s: Math.floor(this.config.stepUpMaxAgeMs / 1_000),
    });
  }

  /** @throws AppError FORBIDDEN for API keys, UNAUTHORIZED when the session is over */
  private async proofOf({ userId, credential }: Caller): Promise<SessionProof> {
    if (credential.kind === 'api_key') throw notForKeys();
    const values = [credential.sessionId, userId, this.config.stepUpMaxAgeMs];
    const { rows } = await this.pool.query<SessionProof>(readProof, values);
    const [proof] = rows;
    if (proof === undefined) throw unauthorized();
    return proof;
  }
}

function stepUpRequired(neededProof: NeededProof): AppError {
  const ways = neededProof.methods.map((method) =>
    method === 'password' || method === 'passkey' ? `POST /auth/step-up with your ${method}` : `sign in with ${method}`,
  );
  const message = `Prove again who you are (${ways.join(', or ')}), then repeat this request.`;
  return new AppError({ code: 'STEP_UP_REQUIRED', kind: 'user', message, neededProof });
}

function notForKeys(): AppError {
  const message = 'No API key may do this: it asks for a person who proves who they are.';
  return new AppError({ code: 'FORBIDDEN', kind: 'user', message });
}

function openToTheWorld(): AppError {
  return new AppError({ code: 'INTERNAL_ERROR', kind: 'bug', message: 'A public route asks for a step-up.' });
}
