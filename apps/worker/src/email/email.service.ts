import type { EmailSend } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { JobOrigin, JobOutcome } from '../job-outcome.js';
import { MailQuota } from './mail-quota.js';
import { MailSender } from './mail-sender.js';
import { mailMistakes } from './mail.js';
import { findAuthor, type Author } from './author.sql.js';

/** Mails that runs send. The intent to send is the job's row: it is running before the mail leaves. */
@Injectable()
export class EmailService {
  constructor(
    private readonly pool: Pool,
    private readonly sender: MailSender,
    private readonly quota: MailQuota,
  ) {}

  /** Sends one mail. Until a person has proved their own address, they may mail nobody else. */
  async send(payload: EmailSend, signal: AbortSignal, job: JobOrigin): Promise<JobOutcome> {
    const mistakes = mailMistakes(payload);
    if (mistakes.length > 0) return { kind: 'failed', code: 'PAYLOAD_INVALID', message: mistakes.join(' ') };
    return (await this.refusal(payload, job)) ?? (await this.quota.refusal(job)) ?? this.sender.send(payload, signal);
  }

  private async refusal({ to }: EmailSend, { userId }: JobOrigin): Promise<JobOutcome | undefined> {
    if (userId === null) return undefined;
    let author: Author | undefined;
    try {
      const { rows } = await this.pool.query<Author>({ name: 'find-author', text: findAuthor, values: [userId] });
      [author] = rows;
    } catch {
      // Known to have sent nothing: an error that escaped from here would leave the job in doubt.
      return { kind: 'not_done', code: 'MAIL_UNAVAILABLE', message: 'Whether the owner may mail could not be read.' };
    }
    if (author?.isVerified === true) return undefined;
    const own = author?.email.toLowerCase();
    if (to.every((address) => address.toLowerCase() === own)) return undefined;
    const message =
      "The owner's address is not verified, so this mail could go to the owner alone: follow the link in the " +
      'verification mail (POST /auth/email/verification sends it again), then retry.';
    return { kind: 'failed', code: 'MAIL_SENDER_UNVERIFIED', message };
  }
}
