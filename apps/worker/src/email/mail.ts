import type { EmailSend } from '@app/contracts';
import MailComposer from 'nodemailer/lib/mail-composer';

/** A mail ready to leave: its envelope and its bytes. */
export interface Mail {
  messageId: string;
  from: string;
  to: string[];
  raw: Buffer;
}

/** RFC 5322 §3.6.4, less strictly: printable ASCII that cannot end the header or the angle brackets. */
const MESSAGE_ID = /^[\x21-\x3b\x3d\x3f-\x7e]+$/;

/** What is wrong with a mail that validates as a message: one sentence each. */
export function mailMistakes({ text, html, message_id }: EmailSend): string[] {
  const mistakes: string[] = [];
  if (!text && !html) mistakes.push('Give text, html or both: the mail has no body.');
  if (!MESSAGE_ID.test(message_id)) mistakes.push('message_id must be printable ASCII without spaces, < and >.');
  return mistakes;
}

/** Puts a mail together (MIME). Its Message-ID is the payload's, so every attempt sends the same mail. */
export async function composeMail(payload: EmailSend, from: string): Promise<Mail> {
  const message = new MailComposer({
    from,
    to: payload.to,
    subject: payload.subject,
    text: payload.text,
    html: payload.html,
    replyTo: payload.reply_to,
    messageId: `<${payload.message_id}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const envelope = message.getEnvelope();
  return {
    messageId: payload.message_id,
    from: envelope.from || '',
    to: envelope.to ?? [],
    raw: await message.build(),
  };
}
