import { HttpConfig, MailConfig } from '@app/config';
import { newId } from '@app/contracts';
import { testDatabase, TestMailServer, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { MailSender } from '../../apps/worker/src/email/mail-sender.js';
import { SmtpTransport } from '../../apps/worker/src/email/smtp.transport.js';

/** What services that mail owners need, with a mail server that keeps what it gets. */
export class OwnerMails {
  readonly http = Object.assign(new HttpConfig(), { givenPublicUrl: 'https://platform.test' });
  readonly sender: MailSender;

  private constructor(
    private readonly database: TestDatabase,
    readonly pool: Pool,
    readonly server: TestMailServer,
  ) {
    this.sender = new MailSender(new MailConfig(), new SmtpTransport(server.url));
  }

  static async start(): Promise<OwnerMails> {
    const database = await testDatabase();
    const pool = new Pool({ connectionString: database.url, max: 4 });
    return new OwnerMails(database, pool, await TestMailServer.start());
  }

  /** A person, or somebody's machine, with an address of theirs: `<id>@example.com`. */
  async account({ isVerified = true, ownerId }: { isVerified?: boolean; ownerId?: string } = {}): Promise<string> {
    const id = newId();
    const kind = ownerId === undefined ? 'person' : 'service';
    await this.pool.query(
      `INSERT INTO users (id, email, name, kind, owner_id, email_verified_at)
       VALUES ($1, $2, 'A', $3, $4, CASE WHEN $5 THEN now() END)`,
      [id, `${id}@example.com`, kind, ownerId ?? null, isVerified && ownerId === undefined],
    );
    return id;
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.pool.end();
    await this.database.drop();
  }
}
