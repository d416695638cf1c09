import { AppError, AuditOutcome, conflict, validationFailed, type ChangePasswordDto } from '@app/contracts';
import { inTransaction } from '@app/database';
import { PasswordHasher, unauthorized } from '@app/security';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { AuditService } from '../../audit/audit.service.js';
import { sessionOf, type Caller } from '../../http/access/caller.js';
import type { Device } from '../../http/device.decorator.js';
import { PasswordPolicy } from './password-policy.js';
import { PasswordReplacementService } from './password-replacement.service.js';
import { findAccount, replacePassword } from './passwords.sql.js';

interface Account {
  email: string;
  name: string;
  passwordHash: string | null;
}

/** Another password for somebody who is signed in, or their first one. */
@Injectable()
export class PasswordChangeService {
  constructor(
    private readonly pool: Pool,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditService,
    private readonly replacement: PasswordReplacementService,
  ) {}

  /** @throws AppError VALIDATION_FAILED, CONFLICT when there is no password to change */
  async change(body: ChangePasswordDto, caller: Caller, device: Device): Promise<void> {
    const account = await this.accountOf(caller);
    if (account.passwordHash === null)
      throw conflict('This account has no password yet: set one with POST /auth/password/set.');
    if (!(await this.hasher.verify(body.current_password, account.passwordHash))) {
      await this.refused(caller, device);
      throw validationFailed([{ field: 'current_password', message: 'is wrong' }]);
    }
    await this.replace(account, body.new_password, caller, device);
  }

  /** @throws AppError VALIDATION_FAILED, CONFLICT when there is a password already */
  async set(password: string, caller: Caller, device: Device): Promise<void> {
    const account = await this.accountOf(caller);
    if (account.passwordHash !== null) throw hasOne();
    await this.replace(account, password, caller, device);
  }

  private async accountOf({ userId }: Caller): Promise<Account> {
    const { rows } = await this.pool.query<Account>(findAccount, [userId]);
    const [account] = rows;
    if (account === undefined) throw unauthorized();
    return account;
  }

  private async replace(account: Account, password: string, caller: Caller, device: Device): Promise<void> {
    await this.policy.check(password, [account.email, account.name], 'new_password');
    const hash = await this.hasher.hash(password);
    const { userId } = caller;
    const committed = await inTransaction(this.pool, async (client) => {
      const values = [userId, hash, account.passwordHash];
      const { rows } = await client.query<{ email: string }>(replacePassword, values);
      const [written] = rows;
      if (written === undefined) throw conflict('The password was changed a moment ago: start again with that one.');
      const replaced = { userId, email: written.email, action: 'password.changed', actor: caller } as const;
      return this.replacement.follow(client, { ...replaced, exceptSession: sessionOf(caller) }, device);
    });
    committed();
  }

  private async refused(caller: Caller, device: Device): Promise<void> {
    const subject = { type: 'user', id: caller.userId };
    const outcome = AuditOutcome.Failure;
    await this.audit.record(this.pool, { action: 'password.changed', actor: caller, device, subject, outcome });
  }
}

function hasOne(): AppError {
  return conflict('This account has a password: change it with POST /auth/password/change.');
}
