import { newId } from '@app/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OwnerMails } from '../../../../../test/worker/owner-mails.js';
import type { JobOutcome } from '../../job-outcome.js';
import { SubscriptionMailService } from './subscription-mail.service.js';

let mails: OwnerMails;
let service: SubscriptionMailService;

beforeAll(async () => {
  mails = await OwnerMails.start();
  service = new SubscriptionMailService(mails.pool, mails.http, mails.sender);
});
beforeEach(() => {
  mails.server.received.length = 0;
});
afterAll(() => mails.stop());

async function subscription(userId: string, reason: string | null): Promise<string> {
  const id = newId();
  await mails.pool.query(
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
    const userId = await mails.account();
    const id = await subscription(userId, reason);
    expect(await send(id, userId)).toMatchObject({ kind: 'succeeded' });
    const [mail] = mails.server.received;
    expect(mail?.to).toEqual([`${userId}@example.com`]);
    const text = mail?.raw.replace(/=\r\n/g, '');
    expect(text).toContain(why);
    expect(text).toContain('sends to crm.example is disabled');
    expect(text).toContain(`https://platform.test/api/v1/event-subscriptions/${id}`);
    expect(text).not.toContain('hidden');
  });

  it('is not sent about one that is enabled again, deleted, or disabled because its owner asked for it', async () => {
    const userId = await mails.account();
    for (const reason of [null, 'requested']) {
      expect(await send(await subscription(userId, reason), userId)).toEqual({
        kind: 'succeeded',
        data: { sent: false },
      });
    }
    await send(newId(), userId);
    expect(mails.server.received).toEqual([]);
  });

  it('goes to the person whose machine it is, at a proved address, and to nobody else', async () => {
    const [person, unproved] = [await mails.account(), await mails.account({ isVerified: false })];
    const machine = await mails.account({ ownerId: person });
    await send(await subscription(machine, 'gone'), machine);
    const theirs = await subscription(unproved, 'gone');
    await send(theirs, unproved);
    await send(theirs, person);
    expect(mails.server.received.map(({ to }) => to)).toEqual([[`${person}@example.com`]]);
  });
});
