import { newId } from '@app/contracts';
import { KeyRing, openSubscriptionSecret } from '@app/security';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type Answer, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
});
afterAll(() => gateway.stop());

const wanted = { types: ['org.example.*'], url: 'http://127.0.0.1:9/events?key=1' };

async function subscribe(by = user, changes: object = {}): Promise<Answer['body']> {
  const { status, body } = await by.call('POST', '/event-subscriptions', { ...wanted, ...changes });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}
const rowOf = async (id: string) =>
  (await gateway.pool.query('SELECT * FROM event_subscriptions WHERE id = $1', [id])).rows[0];

/** A delivery of an event of the user, as the worker left it. */
async function delivery(subscriptionId: string, status: string, isKept = true): Promise<string> {
  const [id, eventId] = [newId(), newId()];
  if (isKept) {
    const event = `INSERT INTO events (id, user_id, type, source, event_id, event) VALUES ($1, $2, 't', '/s', 'e', '{}')`;
    await gateway.pool.query(event, [eventId, user.id]);
  }
  await gateway.pool.query(
    `INSERT INTO event_deliveries (id, subscription_id, event_id, status, attempts, error, response_status, asked_at)
     VALUES ($1, $2, $3, $4, 7, 'The receiver answered 500.', 500, now() - interval '3 days')`,
    [id, subscriptionId, eventId, status],
  );
  return id;
}

describe('an event subscription', () => {
  it('shows its secret once and keeps it sealed for itself alone', async () => {
    const answer = await user.call('POST', '/event-subscriptions', { ...wanted, filter: 'event.data.n > 1' });
    expect(answer).toMatchObject({ status: 201, headers: { etag: '"1"' } });
    const { secret, ...shown } = answer.body;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(() => new Webhook(secret)).not.toThrow();
    expect(shown).toMatchObject({ ...wanted, filter: 'event.data.n > 1', status: 'active', disabled_reason: null });
    expect((await user.call('GET', `/event-subscriptions/${shown.id}`)).body).toEqual(shown);
    const listed = await user.call('GET', '/event-subscriptions');
    expect(listed.body.data).toContainEqual(shown);
    const row = await rowOf(shown.id);
    expect(JSON.stringify(row)).not.toContain(secret.slice(6));
    const [id = '', key = ''] = (process.env['ENCRYPTION_KEYS'] ?? '').split(':');
    const ring = new KeyRing([{ id, key: Buffer.from(key, 'base64') }]);
    expect(openSubscriptionSecret(ring, shown.id, row.secret)).toBe(secret);
    expect(() => openSubscriptionSecret(ring, newId(), row.secret)).toThrow();
  });

  it.each([
    [{ types: [] }, 'types'],
    [{ types: ['a*b'] }, 'types'],
    [{ types: ['a', 'a'] }, 'types'],
    [{ filter: 'event.(' }, 'filter'],
    [{ url: 'events' }, 'url'],
    [{ url: 'ftp://example.com/' }, 'url'],
    [{ url: 'http://10.0.0.1/' }, 'url'],
    [{ url: 'http://[::ffff:10.0.0.1]/' }, 'url'],
    [{ url: 'https://user:password@example.com/' }, 'url'],
  ])('refuses %j and names the field', async (changes, field) => {
    const { status, body } = await user.call('POST', '/event-subscriptions', { ...wanted, ...changes });
    expect([status, body.errors?.map((error: { field: string }) => error.field)]).toEqual([400, [field]]);
    const { id } = await subscribe();
    const patched = await user.call('PATCH', `/event-subscriptions/${id}`, changes);
    expect(patched).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  it('says of an address that is not allowed what allows it', async () => {
    const { body } = await user.call('POST', '/event-subscriptions', { ...wanted, url: 'http://10.0.0.1/' });
    expect(body.errors[0].message).toContain('EGRESS_ALLOW');
  });

  it('changes what a PATCH names, for who saw the latest version', async () => {
    const { id } = await subscribe(user, { filter: 'true' });
    const changed = await user.call('PATCH', `/event-subscriptions/${id}`, { types: ['*'] }, { 'if-match': '"1"' });
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(changed.body).toMatchObject({ types: ['*'], filter: 'true', url: wanted.url, status: 'active' });
    const late = await user.call('PATCH', `/event-subscriptions/${id}`, { types: ['x'] }, { 'if-match': '"1"' });
    expect(late.status).toBe(412);
    expect((await user.call('PATCH', `/event-subscriptions/${id}`, { filter: null })).body.filter).toBeNull();
  });

  it('is enabled again with a PATCH, without the failures of before', async () => {
    const { id } = await subscribe();
    await gateway.pool.query(
      `UPDATE event_subscriptions SET status = 'disabled', disabled_reason = 'failures', failures = 80,
         failing_since = now() - interval '3 days', held_until = now() + interval '1 hour' WHERE id = $1`,
      [id],
    );
    const off = await user.call('PATCH', `/event-subscriptions/${id}`, { types: ['*'] });
    expect(off.body).toMatchObject({ status: 'disabled', disabled_reason: 'failures' });
    const on = await user.call('PATCH', `/event-subscriptions/${id}`, { status: 'active' });
    expect(on.body).toMatchObject({ status: 'active', disabled_reason: null, failing_since: null });
    expect(await rowOf(id)).toMatchObject({ failures: 0, held_until: null });
    const stopped = await user.call('PATCH', `/event-subscriptions/${id}`, { status: 'disabled' });
    expect(stopped.body).toMatchObject({ status: 'disabled', disabled_reason: 'requested' });
  });

  it('gets another secret, and keeps the one before for a day', async () => {
    const { id, secret } = await subscribe();
    const before = await rowOf(id);
    const { status, body } = await user.call('POST', `/event-subscriptions/${id}/rotate-secret`);
    expect([status, body.version]).toEqual([200, 2]);
    expect(body.secret).toMatch(/^whsec_/);
    expect(body.secret).not.toBe(secret);
    const row = await rowOf(id);
    expect(row.previous_secret).toBe(before.secret);
    expect((row.previous_secret_until.getTime() - Date.now()) / 3_600_000).toBeCloseTo(24, 1);
  });

  it("is nobody else's", async () => {
    const { id } = await subscribe();
    const other = await gateway.signUp();
    const mine = await delivery(id, 'failed');
    const answers = [
      await other.call('GET', `/event-subscriptions/${id}`),
      await other.call('PATCH', `/event-subscriptions/${id}`, { types: ['x'] }),
      await other.call('POST', `/event-subscriptions/${id}/rotate-secret`),
      await other.call('GET', `/event-subscriptions/${id}/deliveries`),
      await other.call('POST', `/event-subscriptions/${id}/deliveries/${mine}/redeliver`),
      await other.call('DELETE', `/event-subscriptions/${id}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
    const { id: theirs } = await subscribe(other);
    // Under a subscription of one's own, somebody else's delivery is none.
    expect((await other.call('POST', `/event-subscriptions/${theirs}/deliveries/${mine}/redeliver`)).status).toBe(404);
    expect((await other.call('GET', '/event-subscriptions')).body.data).toHaveLength(1);
    expect((await rowOf(id)).version).toBe(1);
  });

  it('is one of a hundred at most, however many are asked for at the same time', async () => {
    const many = await gateway.signUp();
    await gateway.pool.query(
      `INSERT INTO event_subscriptions (id, user_id, types, url, secret)
       SELECT gen_random_uuid(), $1, '{a}', 'https://example.com', '' FROM generate_series(1, 98)`,
      [many.id],
    );
    const answers = await Promise.all([1, 2, 3, 4].map(() => many.call('POST', '/event-subscriptions', wanted)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409]);
  });

  it('tells the audit trail what changed, and no secret, not even one in the URL', async () => {
    const { id, secret } = await subscribe();
    await user.call('PATCH', `/event-subscriptions/${id}`, { types: ['*'] });
    const { body } = await user.call('POST', `/event-subscriptions/${id}/rotate-secret`);
    await user.call('DELETE', `/event-subscriptions/${id}`);
    const { rows } = await gateway.pool.query('SELECT * FROM audit_events WHERE subject_id = $1 ORDER BY id', [id]);
    expect(rows.map(({ action }) => action)).toEqual(
      ['created', 'updated', 'secret_rotated', 'deleted'].map((action) => `event_subscription.${action}`),
    );
    expect(rows[1]).toMatchObject({ actor_id: user.id, before: { types: wanted.types }, after: { types: ['*'] } });
    const text = JSON.stringify(rows);
    for (const hidden of [secret, body.secret, 'key=1']) expect(text).not.toContain(hidden);
  });

  it('takes its deliveries along when it is deleted', async () => {
    const { id } = await subscribe();
    await delivery(id, 'pending');
    expect((await user.call('DELETE', `/event-subscriptions/${id}`)).status).toBe(204);
    expect((await user.call('GET', `/event-subscriptions/${id}`)).status).toBe(404);
    expect((await gateway.pool.query('SELECT FROM event_deliveries WHERE subscription_id = $1', [id])).rowCount).toBe(
      0,
    );
  });
});

describe('deliveries', () => {
  it('are listed, the newest first, page by page', async () => {
    const { id } = await subscribe();
    const ids = [await delivery(id, 'failed'), await delivery(id, 'delivered'), await delivery(id, 'pending', false)];
    const path = `/event-subscriptions/${id}/deliveries`;
    const { body } = await user.call('GET', `${path}?limit=2`);
    expect(body).toMatchObject({ total: 3, data: [{ id: ids[2], event: null }, { id: ids[1] }] });
    const next = await user.call('GET', `${path}?limit=2&cursor=${body.next_cursor}`);
    expect(next.body.data).toMatchObject([
      {
        id: ids[0],
        event: { id: 'e', source: '/s', type: 't' },
        status: 'failed',
        attempts: 7,
        response_status: 500,
        error: 'The receiver answered 500.',
      },
    ]);
  });

  it('are made again when somebody asks, by one job', async () => {
    const { id } = await subscribe();
    await gateway.pool.query(`UPDATE event_subscriptions SET held_until = now() + interval '1 hour' WHERE id = $1`, [
      id,
    ]);
    const given = await delivery(id, 'failed');
    const path = `/event-subscriptions/${id}/deliveries/${given}/redeliver`;
    const answers = await Promise.all([user.call('POST', path), user.call('POST', path)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    const accepted = answers.find(({ status }) => status === 202);
    expect(accepted?.body).toMatchObject({ id: given, status: 'pending', attempts: 0, error: null });
    const { rows } = await gateway.pool.query(
      `SELECT type, status, user_id, priority FROM jobs WHERE payload->>'delivery_id' = $1`,
      [given],
    );
    expect(rows).toEqual([{ type: 'event.deliver', status: 'queued', user_id: user.id, priority: 5 }]);
    const { rows: fresh } = await gateway.pool.query(
      `SELECT asked_at > now() - interval '1 minute' AS is_new, held_until FROM event_deliveries d
       JOIN event_subscriptions s ON s.id = d.subscription_id WHERE d.id = $1`,
      [given],
    );
    expect(fresh).toEqual([{ is_new: true, held_until: null }]);
  });

  it('are not made again for a subscription that is disabled, nor of an event that is gone', async () => {
    const { id } = await subscribe();
    const [given, gone] = [await delivery(id, 'failed'), await delivery(id, 'failed', false)];
    const again = (which: string) => user.call('POST', `/event-subscriptions/${id}/deliveries/${which}/redeliver`);
    expect(await again(gone)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('not kept') } });
    await user.call('PATCH', `/event-subscriptions/${id}`, { status: 'disabled' });
    expect(await again(given)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('enable it') } });
  });
});
