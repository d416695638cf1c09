import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mail } from './mail.js';
import { MailTransport, type Delivery } from './mail-transport.js';

/** Keeps mails as .eml files instead of sending them: for development without a mail server. */
export class FileTransport extends MailTransport {
  constructor(private readonly folder: string) {
    super();
  }

  /** One file per Message-ID, whole or not at all: a mail that is delivered twice is still one file. */
  async deliver(mail: Mail): Promise<Delivery> {
    const file = join(this.folder, fileName(mail.messageId));
    const draft = `${file}.${process.pid}`;
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(draft, mail.raw);
      await rename(draft, file);
    } catch (error) {
      return { kind: 'unavailable', message: `The mail cannot be kept as a file: ${String(error)}` };
    }
    return { kind: 'accepted', accepted: mail.to, rejected: [], response: `kept as ${file}` };
  }
}

/** Readable and safe in any file system; the hash keeps ids apart that differ only in what is replaced. */
function fileName(messageId: string): string {
  const hash = createHash('sha256').update(messageId).digest('hex').slice(0, 8);
  return `${messageId.replace(/[^A-Za-z0-9@._-]/g, '_').slice(0, 150)}.${hash}.eml`;
}
