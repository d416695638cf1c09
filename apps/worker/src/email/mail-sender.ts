import { MailConfig } from '@app/config';
import type { EmailSend } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import type { JobOutcome } from '../job-outcome.js';
import { composeMail } from './mail.js';
import { MailTransport, type Delivery } from './mail-transport.js';

/** Puts mails together and hands them over. */
@Injectable()
export class MailSender {
  constructor(
    private readonly config: MailConfig,
    private readonly transport: MailTransport,
  ) {}

  async send(payload: EmailSend, signal: AbortSignal): Promise<JobOutcome> {
    const mail = await composeMail(payload, this.config.from);
    return outcomeOf(await this.transport.deliver(mail, signal), payload.message_id);
  }
}

function outcomeOf(delivery: Delivery, messageId: string): JobOutcome {
  switch (delivery.kind) {
    case 'accepted': {
      const { accepted, rejected, response } = delivery;
      return { kind: 'succeeded', data: { message_id: messageId, accepted, rejected, response } };
    }
    case 'rejected':
      return { kind: 'failed', code: 'MAIL_REJECTED', message: delivery.message };
    case 'unavailable':
      return { kind: 'not_done', code: 'MAIL_UNAVAILABLE', message: delivery.message };
    case 'unknown':
      return { kind: 'unknown', message: delivery.message };
  }
}
