import { StepUpConfig } from '@app/config';
import { AppError, type NeededProof } from '@app/contracts';
import { unauthorized } from '@app/security';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { Caller } from '../../http/access/caller.js';
import { isProved, proofMethodsOf, type SessionProof } from './session-proof.js';
import { readProof } from './step-up.sql.js';

/** What sessions were proved with. Asks the database each time: what it says must be true now. */
@Injectable()
export class Proofs {
  constructor(
    private readonly pool: Pool,
    private readonly config: StepUpConfig,
  ) {}

  /** @throws AppError STEP_UP_REQUIRED, FORBIDDEN for API keys, UNAUTHORIZED when the session is over */
  async require(caller: Caller): Promise<void> {
    const proof = await this.of(caller);
    if (!isProved(proof)) throw this.stepUpRequired(proof);
  }

  /** @throws AppError FORBIDDEN for API keys, UNAUTHORIZED when the session is over */
  async of({ userId, credential }: Caller): Promise<SessionProof> {
    if (credential.kind === 'api_key') throw notForKeys();
    const values = [credential.sessionId, userId, this.config.stepUpMaxAgeMs];
    const { rows } = await this.pool.query<SessionProof>(readProof, values);
    const [proof] = rows;
    if (proof === undefined) throw unauthorized();
    return proof;
  }

  stepUpRequired(proof: SessionProof): AppError {
    const neededProof = { methods: proofMethodsOf(proof), max_age_s: Math.floor(this.config.stepUpMaxAgeMs / 1_000) };
    const message = `Prove again who you are (${waysOf(neededProof)}), then repeat this request.`;
    return new AppError({ code: 'STEP_UP_REQUIRED', kind: 'user', message, neededProof });
  }
}

function waysOf({ methods }: NeededProof): string {
  const ways = methods.map((method) =>
    method === 'password' || method === 'passkey' ? `POST /auth/step-up with your ${method}` : `sign in with ${method}`,
  );
  return ways.join(', or ');
}

function notForKeys(): AppError {
  const message = 'No API key may do this: it asks for a person who proves who they are.';
  return new AppError({ code: 'FORBIDDEN', kind: 'user', message });
}
