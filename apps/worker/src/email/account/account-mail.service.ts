import { AccountConfig, HttpConfig } from '@app/config';
import { AccountMail, AuditActorKind, newId, OneTimeTokenPurpose, type EmailAccount } from '@app/contracts';
import { inTransaction, issueOneTimeToken, recordAudit, renewOneTimeToken } from '@app/database';
import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import type { JobOrigin, JobOutcome } from '../../job-outcome.js';
import { MailSender } from '../mail-sender.js';
import { emailChangedLetter, lettersWithLink, passwordChangedLetter, type MailWithLink } from './account-letters.js';
import { findRecipient, hasAccount, type Recipient } from './account-mail.sql.js';
import type { Letter } from './letter.js';

interface AddressedLetter {
  to: string;
  letter: Letter;
}

/** Nothing is sent: there is no such account, nobody may sign in to it, or there is nothing left to do. */
const NOTHING: JobOutcome = { kind: 'succeeded', data: { sent: false } };

/**
 * Mails about accounts. The token of a link is made here, a moment before it leaves, and only its hash is stored: no
 * table ever holds a link that works. Another attempt makes another one.
 */
@Injectable()
export class AccountMailService {
  constructor(
    private readonly pool: Pool,
    private readonly account: AccountConfig,
    private readonly http: HttpConfig,
    private readonly sender: MailSender,
  ) {}

  async send(payload: EmailAccount, signal: AbortSignal, job: JobOrigin): Promise<JobOutcome> {
    const addressed = await inTransaction(this.pool, (client) => this.write(client, payload, job));
    if (addressed === undefined) return NOTHING;
    const { to, letter } = addressed;
    const message_id = `account.${newId()}@${new URL(this.http.publicUrl).hostname}`;
    return this.sender.send({ ...letter, to: [to], message_id }, signal);
  }

  private async write(client: PoolClient, payload: EmailAccount, job: JobOrigin): Promise<AddressedLetter | undefined> {
    const { mail, email, invitation_id: invitationId } = payload;
    if (mail === AccountMail.Invitation) {
      return invitationId === undefined ? undefined : this.invite(client, email, invitationId, job);
    }
    if (mail === AccountMail.EmailChanged) return this.tellAddressBefore(client, payload);
    const { rows } = await client.query<Recipient>(findRecipient, [email, payload.user_id ?? null]);
    const [recipient] = rows;
    if (recipient === undefined) return undefined;
    const { publicUrl } = this.http;
    switch (mail) {
      case AccountMail.PasswordChanged:
        return { to: recipient.email, letter: passwordChangedLetter({ publicUrl, email: recipient.email }) };
      case AccountMail.PasswordReset:
        return this.writeLink(client, mail, recipient, job);
      case AccountMail.Verification:
        return recipient.isVerified ? undefined : this.writeLink(client, mail, recipient, job);
    }
  }

  /** The account has another address by now, so the one to write to is the payload's. */
  private async tellAddressBefore(
    client: PoolClient,
    { email, user_id: userId }: EmailAccount,
  ): Promise<AddressedLetter | undefined> {
    const { rowCount } = await client.query(hasAccount, [userId ?? null]);
    if (rowCount === 0) return undefined;
    return { to: email, letter: emailChangedLetter({ publicUrl: this.http.publicUrl, email }) };
  }

  /** A letter with a link to somebody who has an account. What the token proves is that this address is read. */
  private async writeLink(
    client: PoolClient,
    mail: Exclude<MailWithLink, typeof AccountMail.Invitation>,
    { id, email }: Recipient,
    job: JobOrigin,
  ): Promise<AddressedLetter> {
    const [purpose, ttlMs] =
      mail === AccountMail.PasswordReset
        ? [OneTimeTokenPurpose.PasswordReset, this.account.passwordResetTtlMs]
        : [OneTimeTokenPurpose.EmailVerification, this.account.verificationTtlMs];
    const token = await issueOneTimeToken(client, { purpose, userId: id, payload: { email }, ttlMs });
    await audited(client, mail, { type: 'user', id }, job);
    return { to: email, letter: lettersWithLink[mail]({ publicUrl: this.http.publicUrl, email }, { token, ttlMs }) };
  }

  /** The row is there already, made by whoever invited; undefined when it was used or withdrawn meanwhile. */
  private async invite(
    client: PoolClient,
    email: string,
    id: string,
    job: JobOrigin,
  ): Promise<AddressedLetter | undefined> {
    const ttlMs = this.account.invitationTtlMs;
    const token = await renewOneTimeToken(client, { purpose: OneTimeTokenPurpose.Invitation, id, ttlMs });
    if (token === undefined) return undefined;
    const mail = AccountMail.Invitation;
    await audited(client, mail, { type: 'invitation', id }, job);
    return { to: email, letter: lettersWithLink[mail]({ publicUrl: this.http.publicUrl, email }, { token, ttlMs }) };
  }
}

async function audited(
  client: PoolClient,
  mail: MailWithLink,
  subject: { type: string; id: string },
  { id }: JobOrigin,
): Promise<void> {
  const actor = { kind: AuditActorKind.System };
  await recordAudit(client, { action: 'email.link_issued', actor, subject, details: { mail, job_id: id } });
}
