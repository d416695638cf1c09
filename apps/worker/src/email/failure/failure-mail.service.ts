import { HttpConfig } from '@app/config';
import type { EmailFailure } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { JobOrigin, JobOutcome } from '../../job-outcome.js';
import { MailSender } from '../mail-sender.js';
import { failureLetter } from './failure-letter.js';
import { findReaderSql, takeTurnSql, type FailureReader } from './failure-mail.sql.js';

/** Nobody is mailed: the address is not proved, the workflow is gone, or its owner was mailed about it lately. */
const NOTHING: JobOutcome = { kind: 'succeeded', data: { sent: false } };

/** Mails owners about runs that have failed or are in doubt: once in 15 minutes for each workflow, however many there are. */
@Injectable()
export class FailureMailService {
  constructor(
    private readonly pool: Pool,
    private readonly http: HttpConfig,
    private readonly sender: MailSender,
  ) {}

  async send(failure: EmailFailure, signal: AbortSignal, { id, userId }: JobOrigin): Promise<JobOutcome> {
    const { workflow_id: workflowId } = failure;
    const { rows } = await this.pool.query<FailureReader>(findReaderSql, [workflowId, userId]);
    const [reader] = rows;
    if (reader === undefined) return NOTHING;
    const { rowCount } = await this.pool.query(takeTurnSql, [workflowId, id]);
    if (rowCount === 0) return NOTHING;
    const { publicUrl } = this.http;
    const message_id = `failure.${id}@${new URL(publicUrl).hostname}`;
    const text = failureLetter(publicUrl, reader.name, failure);
    return this.sender.send({ ...text, to: [reader.email], message_id }, signal);
  }
}
