import type { Mail } from './mail.js';

/** How an attempt to deliver a mail ended. */
export type Delivery =
  /** A server has taken responsibility for it, for these recipients. */
  | { kind: 'accepted'; accepted: string[]; rejected: string[]; response: string }
  /** It will never be taken. */
  | { kind: 'rejected'; message: string }
  /** It was not taken this time. */
  | { kind: 'unavailable'; message: string }
  /** Nobody knows: it was on its way when the connection or the attempt ended. */
  | { kind: 'unknown'; message: string };

/** Where mails go. */
export abstract class MailTransport {
  /** Delivers one mail; never rejects. Ends soon after `signal` aborts. */
  abstract deliver(mail: Mail, signal: AbortSignal): Promise<Delivery>;
}
