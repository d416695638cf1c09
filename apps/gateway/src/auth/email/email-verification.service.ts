import { AccountMail, OneTimeTokenPurpose } from '@app/contracts';
import { inTransaction, useOneTimeToken, voidOneTimeTokens } from '@app/database';
import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { AccountMailService } from '../../account-mail/account-mail.service.js';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../http/access/caller.js';
import type { Device } from '../../http/device.decorator.js';
import { usedUpLink } from '../used-up-link.js';
import { findUnverifiedEmail, verifyEmail } from './email-verification.sql.js';

/** Whose address is to be proved. */
export interface AddressOwner {
  userId: string;
  email: string;
}

/** Proving that an address is the person's own. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly pool: Pool,
    private readonly mail: AccountMailService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Asks for the mail with the link; `client` is the transaction of what it is about.
   * @returns to be called after the commit
   */
  async ask(client: PoolClient, { userId, email }: AddressOwner, device: Device): Promise<() => void> {
    const subject = { type: 'user', id: userId };
    await this.audit.record(client, {
      action: 'email.verification_requested',
      actor: { userId },
      device,
      subject,
    });
    return this.mail.ask(client, { mail: AccountMail.Verification, email, user_id: userId });
  }

  /** Sends the caller the mail once more; nothing to be done when the address is proved already. */
  async askAgain({ userId }: Caller, device: Device): Promise<void> {
    const committed = await inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<{ email: string }>(findUnverifiedEmail, [userId]);
      const [unverified] = rows;
      return unverified && this.ask(client, { userId, email: unverified.email }, device);
    });
    committed?.();
  }

  /**
   * The address is proved by whoever brings the token that was mailed there, signed in or not.
   * @throws AppError VALIDATION_FAILED when the token is not good, or the address is no longer the account's
   */
  async verify(token: string, device: Device): Promise<void> {
    await inTransaction(this.pool, async (client) => {
      const used = await useOneTimeToken(client, OneTimeTokenPurpose.EmailVerification, token);
      if (used?.userId === undefined) throw usedUpLink();
      const { userId } = used;
      const { rowCount } = await client.query(verifyEmail, [userId, used.payload['email']]);
      if (rowCount === 0) throw usedUpLink();
      await voidOneTimeTokens(client, OneTimeTokenPurpose.EmailVerification, userId);
      await this.verified(client, userId, device);
    });
  }

  /** Tells the audit trail; `client` is the transaction in which the address was found to be proved. */
  async verified(client: PoolClient, userId: string, device: Device): Promise<void> {
    const subject = { type: 'user', id: userId };
    await this.audit.record(client, { action: 'email.verified', actor: { userId }, device, subject });
  }
}
