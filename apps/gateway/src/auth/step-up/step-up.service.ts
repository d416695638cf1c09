import { StepUpConfig } from '@app/config';
import { AppError, ProofMethod, validationFailed, type StepUpDto, type SteppedUpDto } from '@app/contracts';
import { inTransaction } from '@app/database';
import { PasswordHasher, unauthorized } from '@app/security';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { AuditService, type AuditedAction } from '../../audit/audit.service.js';
import { sessionOf, type Caller } from '../../http/access/caller.js';
import type { Device } from '../../http/device.decorator.js';
import { PasskeyAssertions } from '../../passkeys/passkey-assertions.service.js';
import { Proofs } from './proofs.service.js';
import { noteProof, readPasswordHash } from './step-up.sql.js';

/** Proving again who one is, in a session that goes on. */
@Injectable()
export class StepUpService {
  constructor(
    private readonly pool: Pool,
    private readonly config: StepUpConfig,
    private readonly proofs: Proofs,
    private readonly hasher: PasswordHasher,
    private readonly passkeys: PasskeyAssertions,
    private readonly audit: AuditService,
  ) {}

  /** @throws AppError UNAUTHORIZED when the proof is wrong, STEP_UP_REQUIRED when it is not the kind that is needed */
  async prove({ password, passkey }: StepUpDto, caller: Caller, device: Device): Promise<SteppedUpDto> {
    if ((password === undefined) === (passkey === undefined)) throw oneProof();
    if (password !== undefined) return this.byPassword(password, caller, device);
    const outcome = passkey && (await this.passkeys.verify(passkey, device, caller.userId));
    if (outcome?.accepted === true) return this.proved(ProofMethod.Passkey, caller, device);
    throw await this.refused({ method: ProofMethod.Passkey, reason: outcome?.reason }, caller, device);
  }

  private async byPassword(password: string, caller: Caller, device: Device): Promise<SteppedUpDto> {
    // A weaker proof would take the place of a better one, and be of no use.
    const proof = await this.proofs.of(caller);
    if (proof.has_passkey) throw this.proofs.stepUpRequired(proof);
    const { rows } = await this.pool.query<{ password: string | null }>(readPasswordHash, [caller.userId]);
    if (await this.hasher.verify(password, rows[0]?.password ?? undefined)) {
      return this.proved(ProofMethod.Password, caller, device);
    }
    throw await this.refused({ method: ProofMethod.Password }, caller, device);
  }

  private async proved(method: ProofMethod, caller: Caller, device: Device): Promise<SteppedUpDto> {
    const provedAt = await inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<{ proved_at: Date }>(noteProof, [sessionOf(caller), caller.userId, method]);
      const [session] = rows;
      if (session === undefined) throw unauthorized();
      await this.audit.record(client, steppedUp({ method }, caller, device));
      return session.proved_at;
    });
    const expiresAt = new Date(provedAt.getTime() + this.config.stepUpMaxAgeMs);
    return { method, proved_at: provedAt.toISOString(), expires_at: expiresAt.toISOString() };
  }

  private async refused(details: Record<string, unknown>, caller: Caller, device: Device): Promise<AppError> {
    await this.audit.record(this.pool, { ...steppedUp(details, caller, device), outcome: 'failure' });
    return new AppError({ code: 'UNAUTHORIZED', kind: 'user', message: 'This proof of who you are is wrong.' });
  }
}

function steppedUp(details: Record<string, unknown>, actor: Caller, device: Device): AuditedAction {
  const subject = { type: 'session', id: sessionOf(actor) };
  return { action: 'session.stepped_up', actor, device, subject, details };
}

function oneProof(): AppError {
  const message = 'is needed, or else passkey, and not both';
  return validationFailed([{ field: 'password', message }]);
}
