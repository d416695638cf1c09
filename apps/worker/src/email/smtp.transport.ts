import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { Mail } from './mail.js';
import { MailTransport, type Delivery } from './mail-transport.js';
import { judgeSmtpFailure } from './smtp-failure.js';

const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 60_000;

/**
 * Sends mails over SMTP, one connection each. Uses Nodemailer's connection rather than its mailer: only there it can be
 * seen whether the mail itself was on its way when something broke, and only there an attempt can be stopped.
 */
export class SmtpTransport extends MailTransport {
  private readonly options: SMTPConnectionOptions;
  private readonly credentials: { user: string; pass: string } | undefined;

  /** @param url `smtp://user:password@host:587`, or smtps:// for TLS from the start */
  constructor(url: string) {
    super();
    const { auth, ...options } = parseConnectionUrl(url);
    this.options = {
      ...options,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      greetingTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SILENCE_TIMEOUT_MS,
    };
    this.credentials = auth;
  }

  async deliver(mail: Mail, signal: AbortSignal): Promise<Delivery> {
    let dataStarted = false;
    // Read for the first time when the server has answered DATA with "go ahead".
    const body = Readable.from(
      (function* () {
        dataStarted = true;
        yield mail.raw;
      })(),
    );
    const connection = new SMTPConnection(this.options);
    const broken = new Promise<never>((_, reject) => {
      connection.on('error', reject);
      const stop = (): void => reject(new Error('The attempt was stopped.'));
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([broken, this.session(connection, mail, body)]);
    } catch (error) {
      return judgeSmtpFailure(error instanceof Error ? error : new Error(String(error)), dataStarted);
    } finally {
      connection.close();
    }
  }

  private async session(connection: SMTPConnection, mail: Mail, body: Readable): Promise<Delivery> {
    await promisify(connection.connect.bind(connection))();
    if (this.credentials !== undefined) await promisify(connection.login.bind(connection))(this.credentials);
    const envelope = { from: mail.from, to: mail.to, size: mail.raw.length };
    const sent = await promisify(connection.send.bind(connection))(envelope, body);
    connection.quit();
    return { kind: 'accepted', accepted: sent.accepted, rejected: sent.rejected, response: sent.response };
  }
}
