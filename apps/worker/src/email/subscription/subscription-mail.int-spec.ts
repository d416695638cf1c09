import { HttpConfig, MailConfig } from '@app/config';
import { newId } from '@app/contracts';
import { testDatabase, TestMailServer, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobOutcome } from '../../job-outcome.js';
import { MailSender } from '../mail-sender.js';
import { SmtpTransport } from '../smtp.transport.js';
import { SubscriptionMailService } from './subscription-mail.service.js';

let database: TestDatabase;
let pool: Pool;
let server: TestMailServer;
let service: SubscriptionMailService;

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 4 });
  server = await TestMailServer.start();
  const http = Object.assign(new HttpConfig(), { givenPublicUrl: 'https://platform.test' });
  service = new SubscriptionMailService(pool, http, new MailSender(new MailConfig(), new SmtpTransport(server.url)));
});
beforeEach(() => {
  server.received.length = 0;
});
afterAll(async () => {
  await server.stop();
  await pool.end();
  await database.drop();
});

async function account({ isVerified = true, ownerId = null as string | null } = {}): Promise<string> {
  const id = newId();
  await pool.query(
    `INSERT INTO users (id, email, name, kind, owner_id, email_verified_at)
     VALUES ($1, $2, 'A', $3, $4, CASE WHEN $5 THEN now() END)`,
    [id, `${id}@example.com`, ownerId === null ? 'person' : 'service', ownerId, isVerified && ownerId === null],
  );
  return id;
}

async function subscription(userId: string, reason: string | null): Promise<string> {
  const id = newId();
  await pool.query(
    `INSERT INTO event_subscriptions (id, user_id, types, url, secret, status, disabled_reason)
     VALUES ($1, $2, '{*}', 'https://crm.example/in?token=hidden', 's', CASE WHEN $3::text IS NULL THEN 'active' ELSE 'disabled' END, $3)`,
    [id, userId, reason],
  );
  return id;
}

function send(subscriptionId: string, userId: string): Promise<JobOutcome> {
  return service.send({ subscription_id: subscriptionId }, new AbortController().signal, { id: newId(), userId });
}

describe('email.subscription', () => {
  it.each([
    ['failures', 'nothing could be delivered for three days'],
    ['gone', 'answered 410 Gone'],
  ])('tells the owner which receiver gets no more events, and why: %s', async (reason, why) => {
    const userId = await account();
    const id = await subscription(userId, reason);
    expect(await send(id, userId)).toMatchObject({ kind: 'succeeded' });
    const [mail] = server.received;
    expect(mail?.to).toEqual([`${userId}@example.com`]);
    const text = mail?.raw.replace(/=\r\n/g, '');
    expect(text).toContain(why);
    expect(text).toContain('sends to crm.example is disabled');
    expect(text).toContain(`https://platform.test/api/v1/event-subscriptions/${id}`);
    expect(text).not.toContain('hidden');
  });

  it('is not sent about one that is enabled again, deleted, or disabled because its owner asked for it', async () => {
    const userId = await account();
    for (const reason of [null, 'requested']) {
      expect(await send(await subscription(userId, reason), userId)).toEqual({
        kind: 'succeeded',
        data: { sent: false },
      });
    }
    await send(newId(), userId);
    expect(server.received).toEqual([]);
  });

  it('goes to the person whose machine it is, at a proved address, and to nobody else', async () => {
    const [person, unproved] = [await account(), await account({ isVerified: false })];
    const machine = await account({ ownerId: person });
    await send(await subscription(machine, 'gone'), machine);
    const theirs = await subscription(unproved, 'gone');
    await send(theirs, unproved);
    await send(theirs, person);
    expect(server.received.map(({ to }) => to)).toEqual([[`${person}@example.com`]]);
  });
});
