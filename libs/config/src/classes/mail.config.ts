import { MinLength } from 'class-validator';
import { text } from '../parsers/text.parser.js';
import { url } from '../parsers/url.parser.js';
import { Variable } from '../variable.decorator.js';

/** How mail leaves. */
export class MailConfig {
  /** The mail server as one URL (smtps:// for TLS from the start). Without it, mails become files in the data folder's `mail`. */
  @Variable('SMTP_URL', url('smtp', 'smtps'), { secret: true, hint: 'smtp://user:password@host:587' })
  smtpUrl?: string;

  /** Sender of every mail. */
  @Variable('MAIL_FROM', text)
  @MinLength(3)
  from = 'BIOMETRICS <no-reply@localhost>';
}
