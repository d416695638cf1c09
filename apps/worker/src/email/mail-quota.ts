import { QuotaConfig } from '@app/config';
import { firstIdAt } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { JobOrigin, JobOutcome } from '../job-outcome.js';
import { mailsOfTheDaySql } from './mail-quota.sql.js';

const DAY_MS = 86_400_000;

/** How many mails the runs of a person, and of their machines, may send in 24 hours. */
@Injectable()
export class MailQuota {
  constructor(
    private readonly pool: Pool,
    private readonly config: QuotaConfig,
  ) {}

  /** Why a mail may not be sent; undefined when it may. Asks nobody when no quota is set. */
  async refusal({ id, userId }: JobOrigin): Promise<JobOutcome | undefined> {
    const { mailsPerDay } = this.config;
    if (mailsPerDay === 0 || userId === null) return undefined;
    let mails: number;
    try {
      const values = [userId, firstIdAt(Date.now() - DAY_MS), id, mailsPerDay];
      const { rows } = await this.pool.query<{ mails: number }>(mailsOfTheDaySql, values);
      mails = rows[0]?.mails ?? 0;
    } catch {
      // Known to have sent nothing: an error that escaped from here would leave the job in doubt.
      return { kind: 'not_done', code: 'MAIL_UNAVAILABLE', message: 'How many mails were sent could not be read.' };
    }
    if (mails < mailsPerDay) return undefined;
    const message = `The account may send ${mailsPerDay} mails in 24 hours and has: retry this run later.`;
    return { kind: 'failed', code: 'MAIL_QUOTA_EXCEEDED', message };
  }
}
