import { HttpConfig } from '@app/config';
import type { EmailSubscription } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { JobOrigin, JobOutcome } from '../../job-outcome.js';
import { MailSender } from '../mail-sender.js';
import { subscriptionLetter, type DisabledSubscription } from './subscription-letter.js';
import { findDisabledSql } from './subscription-mail.sql.js';

/** Mails owners about subscriptions that were disabled. Its job is written by the statement that disables, so once. */
@Injectable()
export class SubscriptionMailService {
  constructor(
    private readonly pool: Pool,
    private readonly http: HttpConfig,
    private readonly sender: MailSender,
  ) {}

  async send(
    { subscription_id: subscriptionId }: EmailSubscription,
    signal: AbortSignal,
    { id, userId }: JobOrigin,
  ): Promise<JobOutcome> {
    const { rows } = await this.pool.query<DisabledSubscription & { email: string }>(findDisabledSql, [
      subscriptionId,
      userId,
    ]);
    const [disabled] = rows;
    if (disabled === undefined) return { kind: 'succeeded', data: { sent: false } };
    const { publicUrl } = this.http;
    const message_id = `subscription.${id}@${new URL(publicUrl).hostname}`;
    return this.sender.send({ ...subscriptionLetter(publicUrl, disabled), to: [disabled.email], message_id }, signal);
  }
}
