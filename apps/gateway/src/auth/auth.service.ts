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
    // Twice, because the hash may only have been replaced by a stronger one of the same password.
    const signedIn = (await this.attempt(email, password, device)) ?? (await this.attempt(email, password, device));
    if (signedIn === undefined) throw wrongCredentials();
    return signedIn;
  }

  /** @returns undefined when the account has another hash, or may not be signed in to, since this looked at it */
  private async attempt(email: string, password: string, device: Device): Promise<SignedInDto | undefined> {
    const account = await this.users.credentialsOf(email);
    const matches = await this.hasher.verify(password, account?.passwordHash);
    if (account === undefined || !matches || !account.maySignIn) {
      await this.refused(account?.user.id, device);
      throw wrongCredentials();
    }
    const { user, passwordHash } = account;
    const tokens = await this.sessions
      .start({ userId: user.id, method: ProofMethod.Password, device, passwordHash })
      .catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'UNAUTHORIZED') return undefined;
        throw error;
      });
    if (tokens === undefined) return undefined;
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
