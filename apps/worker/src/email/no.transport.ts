import { MailTransport, type Delivery } from './mail-transport.js';

/** Refuses every mail: a deployed worker without SMTP_URL. A mail that quietly went to a file would never be missed. */
export class NoTransport extends MailTransport {
  async deliver(): Promise<Delivery> {
    return { kind: 'rejected', message: 'No mail server is configured: set SMTP_URL.' };
  }
}
