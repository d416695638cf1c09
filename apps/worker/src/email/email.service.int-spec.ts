import { MailConfig, QuotaConfig } from '@app/config';
import { newId, type EmailSend } from '@app/contracts';
import { testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobOutcome } from '../job-outcome.js';
import { EmailService } from './email.service.js';
import { MailQuota } from './mail-quota.js';
import { MailSender } from './mail-sender.js';
import { MailTransport, type Delivery } from './mail-transport.js';
import type { Mail } from './mail.js';

class CountingTransport extends MailTransport {
  readonly mails: Mail[] = [];

  async deliver(mail: Mail): Promise<Delivery> {
    this.mails.push(mail);
    return { kind: 'accepted', accepted: mail.to, rejected: [], response: 'taken' };
  }
}

const transport = new CountingTransport();
const signal = new AbortController().signal;
let database: TestDatabase;
let pool: Pool;
let service: EmailService;

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 2 });
  service = new EmailService(pool, new MailSender(new MailConfig(), transport), new MailQuota(pool, new QuotaConfig()));
});
beforeEach(() => {
  transport.mails.length = 0;
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function account(email: string, { verified = false, owner = null as string | null } = {}): Promise<string> {
  const id = newId();
  await pool.query(
    `INSERT INTO users (id, email, name, email_verified_at, kind, owner_id)
     VALUES ($1, $2, 'Ada', CASE WHEN $3 THEN now() END, CASE WHEN $4::uuid IS NULL THEN 'person' ELSE 'service' END, $4)`,
    [id, email, verified, owner],
  );
  return id;
}

function send(userId: string | null, to: string[], more: Partial<EmailSend> = {}): Promise<JobOutcome> {
  const payload = { to, subject: 'Hello', text: 'Hi', message_id: `${newId()}@test`, ...more };
  return service.send(payload, signal, { id: newId(), userId });
}

const refused = { kind: 'failed', code: 'MAIL_SENDER_UNVERIFIED', message: expect.stringContaining('/verification') };

describe('email.send', () => {
  it('goes to anybody from a person whose address is verified', async () => {
    const id = await account('verified@example.com', { verified: true });
    expect(await send(id, ['ann@example.org', 'bob@example.org'])).toMatchObject({ kind: 'succeeded' });
    expect(transport.mails).toHaveLength(1);
  });

  it('goes to nobody but themselves from a person whose address is not', async () => {
    const id = await account('ada@example.com');
    expect(await send(id, ['Ada@Example.com'])).toMatchObject({ kind: 'succeeded' });
    expect(await send(id, ['ann@example.org'])).toMatchObject(refused);
    expect(await send(id, ['ada@example.com', 'ann@example.org'])).toMatchObject(refused);
    expect(await send(newId(), ['ann@example.org'])).toMatchObject(refused);
    expect(transport.mails).toHaveLength(1);
  });

  it("asks about the owner of a machine's account", async () => {
    const [verified, unverified] = [
      await account('owner@example.com', { verified: true }),
      await account('stranger@example.com'),
    ];
    const good = await account('machine@service.invalid', { owner: verified });
    const bad = await account('robot@service.invalid', { owner: unverified, verified: true });
    expect(await send(good, ['ann@example.org'])).toMatchObject({ kind: 'succeeded' });
    expect(await send(bad, ['ann@example.org'])).toMatchObject(refused);
  });

  it('goes to anybody from the platform itself', async () => {
    expect(await send(null, ['ann@example.org'])).toMatchObject({ kind: 'succeeded' });
  });

  it('has not been sent when nobody can tell who sends it: it is no doubt', async () => {
    const away = new Pool({ connectionString: 'postgres://127.0.0.1:1/away' });
    const cut = new EmailService(
      away,
      new MailSender(new MailConfig(), transport),
      new MailQuota(pool, new QuotaConfig()),
    );
    const payload = { to: ['ann@example.org'], subject: 'Hello', text: 'Hi', message_id: 'm1@test' };
    expect(await cut.send(payload, signal, { id: newId(), userId: newId() })).toMatchObject({ kind: 'not_done' });
    expect(transport.mails).toEqual([]);
    await away.end();
  });
});
