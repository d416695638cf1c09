import { AppError, AuditOutcome, ProofMethod, type LoginDto, type SignedInDto } from '@app/contracts';
import { PasswordHasher } from '@app/security';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import type { Device } from '../http/device.decorator.js';
import { UsersService } from '../users/users.service.js';
import { PasswordUpgradeService } from './passwords/password-upgrade.service.js';
import { SessionsService } from './sessions/sessions.service.js';

/** Signing in with a password. */
@Injectable()
export class AuthService {
  constructor(
    private readonly pool: Pool,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly hasher: PasswordHasher,
    private readonly upgrades: PasswordUpgradeService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Wrong password, no such account, no password, deactivated: one answer after the same work.
   * @throws AppError UNAUTHORIZED
   */
  async login({ email, password }: LoginDto, device: Device): Promise<SignedInDto> {
    const account = await this.users.credentialsOf(email);
    const matches = await this.hasher.verify(password, account?.passwordHash);
    if (account === undefined || !matches || !account.maySignIn) {
      await this.refused(account?.user.id, device);
      throw wrongCredentials();
    }
    const { user, passwordHash } = account;
    const tokens = await this.sessions.start({ userId: user.id, method: ProofMethod.Password, device });
    await this.upgrades.upgrade(user.id, password, passwordHash);
    return { user, tokens };
  }

  /** The address is not kept: people type their password into that field by mistake. */
  private async refused(userId: string | undefined, device: Device): Promise<void> {
    await this.audit.record(this.pool, {
      action: 'session.refused',
      actor: undefined,
      device,
      subject: userId === undefined ? undefined : { type: 'user', id: userId },
      outcome: AuditOutcome.Failure,
      details: { method: ProofMethod.Password },
    });
  }
}

function wrongCredentials(): AppError {
  return new AppError({ code: 'UNAUTHORIZED', kind: 'user', message: 'Address or password is wrong.' });
}
