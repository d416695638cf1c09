import {
  AppError,
  ProofMethod,
  type PasskeyRequestOptionsDto,
  type SignedInDto,
  type UsedCredentialDto,
} from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { generateAuthenticationOptions } from '@simplewebauthn/server';
import { isoBase64URL } from '@simplewebauthn/server/helpers';
import { Pool } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import { SessionsService } from '../auth/sessions/sessions.service.js';
import type { Device } from '../http/device.decorator.js';
import { UsersService } from '../users/users.service.js';
import { PasskeyAssertions, type AssertionRefusal } from './passkey-assertions.service.js';
import { CHALLENGE_TTL_MS, PasskeyChallenges } from './passkey-challenges.service.js';
import { RelyingParty } from './relying-party.js';

/** Signing in with a passkey and nothing else: it knows whose it is. */
@Injectable()
export class PasskeySignIn {
  constructor(
    private readonly pool: Pool,
    private readonly party: RelyingParty,
    private readonly challenges: PasskeyChallenges,
    private readonly assertions: PasskeyAssertions,
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
    private readonly audit: AuditService,
  ) {}

  /** For whoever has a passkey: no list of credentials, so nobody learns which accounts have one. */
  async options(): Promise<PasskeyRequestOptionsDto> {
    const challenge = await this.challenges.issue({ for: 'assertion' });
    return generateAuthenticationOptions({
      rpID: this.party.id,
      challenge: isoBase64URL.toBuffer(challenge),
      timeout: CHALLENGE_TTL_MS,
      userVerification: 'required',
    });
  }

  /** @throws AppError UNAUTHORIZED, in the same words whatever is wrong */
  async signIn(credential: UsedCredentialDto, device: Device): Promise<SignedInDto> {
    const outcome = await this.assertions.verify(credential, device);
    if (!outcome.accepted) {
      await this.noteRefusal(outcome.reason, outcome.userId, device);
      throw refused();
    }
    const { userId } = outcome;
    const user = await this.users.find(userId);
    return { user, tokens: await this.sessions.start({ userId, method: ProofMethod.Passkey, device }) };
  }

  private async noteRefusal(reason: AssertionRefusal, userId: string | undefined, device: Device): Promise<void> {
    await this.audit.record(this.pool, {
      action: 'session.refused',
      actor: undefined,
      device,
      subject: userId === undefined ? undefined : { type: 'user', id: userId },
      outcome: 'failure',
      details: { method: ProofMethod.Passkey, reason },
    });
  }
}

function refused(): AppError {
  return new AppError({ code: 'UNAUTHORIZED', kind: 'user', message: 'This passkey does not sign in here.' });
}
