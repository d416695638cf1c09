import { AccountMail, OneTimeTokenPurpose, type AuditAction } from '@app/contracts';
import { voidOneTimeTokens } from '@app/database';
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { AccountMailService } from '../../account-mail/account-mail.service.js';
import { AuditService, type AuditActor } from '../../audit/audit.service.js';
import type { Device } from '../../http/device.decorator.js';
import { SessionsService } from '../sessions/sessions.service.js';

/** A password that has just been replaced. */
export interface ReplacedPassword {
  userId: string;
  email: string;
  action: AuditAction & ('password.reset' | 'password.changed');
  actor: AuditActor;
  /** The session that goes on. */
  exceptSession?: string | undefined;
}

/** What follows when an account has another password, however it got it. */
@Injectable()
export class PasswordReplacementService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly mail: AccountMailService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Ends the sessions, voids the links for setting a password, and tells the person, who may not have done it.
   * @param client the transaction that replaced it
   * @returns to be called after the commit
   */
  async follow(client: PoolClient, replaced: ReplacedPassword, device: Device): Promise<() => void> {
    const { userId, email, action, actor, exceptSession } = replaced;
    await voidOneTimeTokens(client, OneTimeTokenPurpose.PasswordReset, userId);
    await this.audit.record(client, { action, actor, device, subject: { type: 'user', id: userId } });
    const ended = await this.sessions.endIn(client, { userId, except: exceptSession }, actor, device);
    const asked = await this.mail.ask(client, { mail: AccountMail.PasswordChanged, email, user_id: userId });
    return () => {
      ended();
      asked();
    };
  }
}
