import { jobs, newId, type EmailAccount, type JobsWaiting } from '@app/contracts';
import type { Queryable } from '@app/database';
import { CommandBus } from '@app/messaging';
import { Injectable } from '@nestjs/common';

const TYPE = 'email.account';
const one: JobsWaiting = { count: 1 };

/** Mails about accounts, sent by the worker service. */
@Injectable()
export class AccountMailService {
  constructor(private readonly bus: CommandBus<'gateway'>) {}

  /**
   * Asks for a mail; `db` is the transaction of what it is about.
   * @returns to be called after the commit: tells the worker to look now instead of at its next look
   */
  async ask(db: Queryable, payload: EmailAccount): Promise<() => void> {
    await db.query(insertJob, [newId(), TYPE, JSON.stringify(payload), jobs[TYPE].priority, payload.user_id ?? null]);
    return () => this.bus.publish('jobs.waiting', one);
  }
}

const insertJob = 'INSERT INTO jobs (id, type, payload, priority, user_id) VALUES ($1, $2, $3, $4, $5)';
