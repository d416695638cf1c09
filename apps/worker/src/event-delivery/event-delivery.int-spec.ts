import { EgressConfig, loadConfig, WorkersConfig } from '@app/config';
import { newId } from '@app/contracts';
import { EgressClient } from '@app/egress';
import { KeyRing, sealSubscriptionSecret } from '@app/security';
import { testDatabase, type TestDatabase } from '@app/testing';
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobOutcome } from '../job-outcome.js';
import { EventDeliveryService } from './event-delivery.service.js';

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

const ring = new KeyRing([{ id: 'test', key: randomBytes(32) }]);
const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

let database: TestDatabase;
let pool: Pool;
let server: Server;
let egress: EgressClient;
let service: EventDeliveryService;
let url: string;
let received: Received[];
let answers: { status: number; headers?: Record<string, string> }[];
let userId: string;

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 4 });
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body });
      const { status, headers } = answers.shift() ?? { status: 204 };
      response.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events?key=1`;
  egress = new EgressClient(Object.assign(new EgressConfig(), { allow: ['127.0.0.1'] }));
  service = new EventDeliveryService(pool, egress, ring, loadConfig(WorkersConfig, {}));
});
afterAll(async () => {
  await egress.close();
  server.close();
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  received = [];
  answers = [];
  userId = await person();
});

async function person(): Promise<string> {
  const id = newId();
  await pool.query(`INSERT INTO users (id, email, name) VALUES ($1, $2, 'A')`, [id, `${id}@example.com`]);
  return id;
}

async function subscription(secret = newSecret(), to = url): Promise<string> {
  const id = newId();
  const sealed = sealSubscriptionSecret(ring, id, secret);
  const values = [id, userId, ['*'], to, sealed];
  await pool.query(
    `INSERT INTO event_subscriptions (id, user_id, types, url, secret) VALUES ($1, $2, $3, $4, $5)`,
    values,
  );
  return id;
}

async function delivery(subscriptionId: string, owner = userId): Promise<string> {
  const [id, eventId] = [newId(), newId()];
  const event = { specversion: '1.0', id: `e ${eventId}`, source: '/tests', type: 'made', data: { größe: 12 } };
  await pool.query(
    `INSERT INTO events (id, user_id, type, source, event_id, event) VALUES ($1, $2, 'made', '/tests', $3, $4)`,
    [eventId, owner, event.id, JSON.stringify(event)],
  );
  const values = [id, subscriptionId, eventId];
  await pool.query('INSERT INTO event_deliveries (id, subscription_id, event_id) VALUES ($1, $2, $3)', values);
  return id;
}

function deliver(id: string, signal = new AbortController().signal): Promise<JobOutcome> {
  return service.deliver({ delivery_id: id }, signal);
}
const deliveryRow = async (id: string) =>
  (await pool.query('SELECT * FROM event_deliveries WHERE id = $1', [id])).rows[0];
const subscriptionRow = async (id: string) =>
  (await pool.query('SELECT * FROM event_subscriptions WHERE id = $1', [id])).rows[0];
/** The mails that its owner gets about it. */
const mails = async (id: string): Promise<object[]> =>
  (
    await pool.query(
      `SELECT user_id, status FROM jobs WHERE type = 'email.subscription' AND payload = jsonb_build_object('subscription_id', $1::text)`,
      [id],
    )
  ).rows;
/** The back-off of what failed is over. */
const waitOver = (id: string) => pool.query('UPDATE event_subscriptions SET held_until = now() WHERE id = $1', [id]);

describe('event.deliver', () => {
  it('posts the event as structured JSON, signed as Standard Webhooks verifies it', async () => {
    const secret = newSecret();
    const id = await delivery(await subscription(secret));
    expect(await deliver(id)).toEqual({ kind: 'succeeded', data: { status: 204 } });
    const [{ path, headers, body }] = received as [Received];
    expect(path).toBe('/events?key=1');
    expect(headers).toMatchObject({ 'content-type': 'application/cloudevents+json; charset=UTF-8', 'webhook-id': id });
    const event = new Webhook(secret).verify(body, headers as Record<string, string>);
    expect(event).toMatchObject({ specversion: '1.0', type: 'made', source: '/tests', data: { größe: 12 } });
    expect(() => new Webhook(newSecret()).verify(body, headers as Record<string, string>)).toThrow('signature');
    expect(await deliveryRow(id)).toMatchObject({
      status: 'delivered',
      attempts: 1,
      response_status: 204,
      error: null,
    });
  });

  it('is signed with the secret before as well until its day is over', async () => {
    const [old, now] = [newSecret(), newSecret()];
    const to = await subscription(now);
    const sealed = sealSubscriptionSecret(ring, to, old);
    const setOld = `UPDATE event_subscriptions SET previous_secret = $2, previous_secret_until = now() + $3::interval WHERE id = $1`;
    await pool.query(setOld, [to, sealed, '1 minute']);
    await deliver(await delivery(to));
    await pool.query(setOld, [to, sealed, '-1 minute']);
    await deliver(await delivery(to));
    const verifies = (secret: string, { body, headers }: Received): boolean => {
      try {
        new Webhook(secret).verify(body, headers as Record<string, string>);
        return true;
      } catch {
        return false;
      }
    };
    expect(received.map((one) => [verifies(old, one), verifies(now, one)])).toEqual([
      [true, true],
      [false, true],
    ]);
  });

  it('comes again after a failure, later each time, with the same id, until it is taken', async () => {
    const to = await subscription();
    const id = await delivery(to);
    answers = [{ status: 500 }, { status: 302, headers: { location: url } }];
    const delays: number[] = [];
    for (const attempts of [1, 2]) {
      const outcome = await deliver(id);
      delays.push(outcome.kind === 'postponed' ? outcome.delayMs : NaN);
      expect(await deliveryRow(id)).toMatchObject({ status: 'pending', attempts });
      await waitOver(to);
    }
    // 5 and 10 seconds, a fifth more or less.
    expect(delays[0]).toBeGreaterThanOrEqual(4_000);
    expect(delays[1]).toBeGreaterThanOrEqual(8_000);
    expect(await subscriptionRow(to)).toMatchObject({ failures: 2, failing_since: expect.any(Date) });
    expect(await deliver(id)).toMatchObject({ kind: 'succeeded' });
    expect(new Set(received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([id]));
    expect(received).toHaveLength(3);
    expect(await subscriptionRow(to)).toMatchObject({ failures: 0, failing_since: null, status: 'active' });
    // Whoever comes late with the same job finds it done.
    expect(await deliver(id)).toMatchObject({ kind: 'succeeded' });
    expect(received).toHaveLength(3);
  });

  it('waits as long as the receiver asks, and sends it nothing else meanwhile', async () => {
    const to = await subscription();
    const [first, second] = [await delivery(to), await delivery(to)];
    answers = [{ status: 503, headers: { 'retry-after': '1800' } }];
    expect(await deliver(first)).toEqual({ kind: 'postponed', delayMs: 1_800_000 });
    const held = await deliver(second);
    expect(held.kind === 'postponed' && held.delayMs).toBeGreaterThan(1_790_000);
    expect(received).toHaveLength(1);
    expect(await deliveryRow(second)).toMatchObject({ status: 'pending', attempts: 0 });
    // Others' receivers have nothing to do with it.
    expect(await deliver(await delivery(await subscription()))).toMatchObject({ kind: 'succeeded' });
  });

  it('is tried once an hour at the latest', async () => {
    const to = await subscription();
    const id = await delivery(to);
    await pool.query('UPDATE event_deliveries SET attempts = 60 WHERE id = $1', [id]);
    answers = [{ status: 500 }];
    const outcome = await deliver(id);
    expect(outcome.kind === 'postponed' && outcome.delayMs).toBeLessThanOrEqual(1.2 * 3_600_000);
  });

  it('disables a subscription at once whose receiver is gone, and tells the audit trail', async () => {
    const to = await subscription();
    const [id, other] = [await delivery(to), await delivery(to)];
    answers = [{ status: 410 }];
    expect(await deliver(id)).toMatchObject({ kind: 'failed', code: 'DELIVERY_FAILED' });
    expect(await deliveryRow(id)).toMatchObject({ status: 'failed', response_status: 410, next_attempt_at: null });
    expect(await subscriptionRow(to)).toMatchObject({ status: 'disabled', disabled_reason: 'gone', version: 2 });
    const { rows } = await pool.query('SELECT action, actor_kind, details FROM audit_events WHERE subject_id = $1', [
      to,
    ]);
    const details = { reason: 'gone', delivery_id: id };
    expect(rows).toEqual([{ action: 'event_subscription.disabled', actor_kind: 'system', details }]);
    expect(await mails(to)).toEqual([{ user_id: userId, status: 'queued' }]);
    expect(await deliver(other)).toMatchObject({ kind: 'failed', message: 'The subscription is disabled.' });
    expect(await mails(to)).toHaveLength(1);
    expect(await deliveryRow(other)).toMatchObject({ status: 'failed', attempts: 0 });
    expect(received).toHaveLength(1);
  });

  it('says nothing about a subscription that has another URL meanwhile', async () => {
    const to = await subscription();
    const id = await delivery(to);
    answers = [{ status: 410 }];
    const { request } = egress;
    const moved = Object.assign(Object.create(egress), {
      request: async (call: Parameters<typeof request>[0]) => {
        const answer = await egress.request(call);
        await pool.query(`UPDATE event_subscriptions SET url = 'https://example.com/' WHERE id = $1`, [to]);
        return answer;
      },
    }) as EgressClient;
    await new EventDeliveryService(pool, moved, ring, loadConfig(WorkersConfig, {})).deliver(
      { delivery_id: id },
      new AbortController().signal,
    );
    expect(await subscriptionRow(to)).toMatchObject({ status: 'active', failures: 0 });
  });

  it('disables a subscription after three days without a success, and not a moment before', async () => {
    const [old, recent] = [await subscription(), await subscription()];
    const fail = async (to: string, since: string): Promise<string> => {
      const id = await delivery(to);
      const values = [to, since];
      await pool.query('UPDATE event_subscriptions SET failing_since = now() - $2::interval WHERE id = $1', values);
      await pool.query('UPDATE event_deliveries SET asked_at = now() - $2::interval WHERE id = $1', [id, since]);
      answers = [{ status: 500 }];
      await deliver(id);
      return id;
    };
    const [given, kept] = [await fail(old, '73 hours'), await fail(recent, '71 hours')];
    expect(await subscriptionRow(old)).toMatchObject({ status: 'disabled', disabled_reason: 'failures' });
    expect(await deliveryRow(given)).toMatchObject({ status: 'failed', error: 'The receiver answered 500.' });
    expect(await subscriptionRow(recent)).toMatchObject({ status: 'active', disabled_reason: null });
    expect(await deliveryRow(kept)).toMatchObject({ status: 'pending' });
    expect([await mails(old), await mails(recent)]).toEqual([[{ user_id: userId, status: 'queued' }], []]);
  });

  it('mails its owner once, however many attempts find at the same time that it has to be disabled', async () => {
    const to = await subscription();
    const ids = await Promise.all(Array.from({ length: 4 }, () => delivery(to)));
    answers = ids.map(() => ({ status: 410 }));
    await Promise.all(ids.map((id) => deliver(id)));
    expect(await mails(to)).toHaveLength(1);
  });

  it('gives up one event after three days while others arrive', async () => {
    const to = await subscription();
    const id = await delivery(to);
    await pool.query(`UPDATE event_deliveries SET asked_at = now() - interval '73 hours' WHERE id = $1`, [id]);
    answers = [{ status: 400 }];
    expect(await deliver(id)).toMatchObject({ kind: 'failed' });
    expect(await deliveryRow(id)).toMatchObject({ status: 'failed' });
    expect(await subscriptionRow(to)).toMatchObject({ status: 'active' });
  });

  it("never sends another owner's event, nor one that is not kept, nor to an account that is deactivated", async () => {
    const to = await subscription();
    const foreign = await delivery(to, await person());
    expect(await deliver(foreign)).toMatchObject({ kind: 'failed', message: 'The event is not kept any more.' });
    const dropped = await delivery(to);
    await pool.query('DELETE FROM events WHERE user_id = $1', [userId]);
    expect(await deliver(dropped)).toMatchObject({ kind: 'failed' });
    const last = await delivery(to);
    await pool.query('UPDATE users SET is_active = false WHERE id = $1', [userId]);
    expect(await deliver(last)).toMatchObject({ kind: 'failed' });
    expect(received).toEqual([]);
  });

  it('counts an address that may not be called, or does not answer, as a failure', async () => {
    for (const to of ['http://10.0.0.1/', 'http://127.0.0.1:1/']) {
      const id = await delivery(await subscription(newSecret(), to));
      expect(await deliver(id)).toMatchObject({ kind: 'postponed' });
      const error = expect.stringMatching(/EGRESS_ALLOW|ECONNREFUSED/);
      expect(await deliveryRow(id)).toMatchObject({ status: 'pending', response_status: null, error });
    }
  });

  it('leaves an attempt uncounted that was told to end', async () => {
    const to = await subscription();
    const id = await delivery(to);
    expect(await deliver(id, AbortSignal.abort('shutdown'))).toMatchObject({ kind: 'not_done' });
    expect(await deliveryRow(id)).toMatchObject({ status: 'pending', attempts: 0 });
    expect(await subscriptionRow(to)).toMatchObject({ failures: 0 });
  });

  it('has nothing to do once the subscription is deleted', async () => {
    const to = await subscription();
    const id = await delivery(to);
    await pool.query('DELETE FROM event_subscriptions WHERE id = $1', [to]);
    expect(await deliver(id)).toMatchObject({ kind: 'failed', message: 'The subscription is deleted.' });
  });
});
