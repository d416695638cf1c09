import { AccountMail, OneTimeTokenPurpose, type ResetPasswordDto } from '@app/contracts';
import { findOneTimeToken, inTransaction, useOneTimeToken } from '@app/database';
import { PasswordHasher } from '@app/security';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { AccountMailService } from '../../account-mail/account-mail.service.js';
import { AuditService } from '../../audit/audit.service.js';
import type { Device } from '../../http/device.decorator.js';
import { EmailVerificationService } from '../email/email-verification.service.js';
import { usedUpLink } from '../used-up-link.js';
import { PasswordPolicy } from './password-policy.js';
import { PasswordReplacementService } from './password-replacement.service.js';
import { findAccount, resetPassword } from './passwords.sql.js';
import { UnprovedCredentialsService } from './unproved-credentials.service.js';

/** Forgotten passwords. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly pool: Pool,
    private readonly mail: AccountMailService,
    private readonly audit: AuditService,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly replacement: PasswordReplacementService,
    private readonly verification: EmailVerificationService,
    private readonly unproved: UnprovedCredentialsService,
  ) {}

  /**
   * Asks for the mail with the link. Whether there is such an account is not looked up here but by the worker, so that
   * the answer takes the same work and time either way; nor does the audit trail learn who was asked about.
   */
  async forgot(email: string, device: Device): Promise<void> {
    const committed = await inTransaction(this.pool, async (client) => {
      await this.audit.record(client, { action: 'password.reset_requested', actor: undefined, device });
      return this.mail.ask(client, { mail: AccountMail.PasswordReset, email });
    });
    committed();
  }

  /**
   * Sets a new password by the token that was mailed. Ends all sessions and voids the other links. That the mail was
   * read proves the address; if it had not been proved before, everything else that signs in or acts by itself
   * is taken back.
   * @throws AppError VALIDATION_FAILED when the token is not good (the password is not looked at then) or the password
   */
  async reset({ token, password }: ResetPasswordDto, device: Device): Promise<void> {
    const purpose = OneTimeTokenPurpose.PasswordReset;
    // Looked at before the password is hashed: what is no link of ours costs no hash, and a poor password no link.
    const found = await findOneTimeToken(this.pool, purpose, token);
    const { rows } = await this.pool.query<{ email: string; name: string }>(findAccount, [found?.userId]);
    const [account] = rows;
    if (account === undefined) throw usedUpLink();
    await this.policy.check(password, [account.email, account.name]);
    const hash = await this.hasher.hash(password);
    const committed = await inTransaction(this.pool, async (client) => {
      const used = await useOneTimeToken(client, purpose, token);
      if (used?.userId === undefined) throw usedUpLink();
      const { userId } = used;
      const values = [userId, used.payload['email'], hash];
      const written = await client.query<{ email: string; wasVerified: boolean }>(resetPassword, values);
      const [reset] = written.rows;
      if (reset === undefined) throw usedUpLink();
      const actions: (() => Promise<void> | void)[] = [];
      if (!reset.wasVerified) {
        actions.push(await this.unproved.takeBack(client, userId, device));
        await this.verification.verified(client, userId, device);
      }
      const replaced = { userId, email: reset.email, action: 'password.reset', actor: { userId } } as const;
      actions.push(await this.replacement.follow(client, replaced, device));
      return actions;
    });
    for (const action of committed) await action();
  }
}
