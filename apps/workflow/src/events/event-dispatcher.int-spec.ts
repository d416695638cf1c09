import type { RunValues } from '@app/blobs';
import type { EngineConfig } from '@app/config';
import { newId } from '@app/contracts';
import { acceptEvents, type Lookout } from '@app/database';
import { standardBounds } from '@app/definition';
import type { CommandBus } from '@app/messaging';
import { GracefulShutdown } from '@app/observability';
import { eventually, testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { noLargeValues } from '../../../../test/blobs/no-large-values.js';
import { EventDispatcher } from './event-dispatcher.service.js';
import { EventMetrics } from './event.metrics.js';

let database: TestDatabase;
let pool: Pool;
let userId: string;

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 4 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  userId = await owner();
});

async function owner(): Promise<string> {
  const id = newId();
  await pool.query(`INSERT INTO users (id, email, name) VALUES ($1, $2, 'A')`, [id, `${id}@example.com`]);
  return id;
}

async function workflow(trigger: object | null, changes: { status?: string; userId?: string } = {}): Promise<string> {
  const id = newId();
  await pool.query(
    `INSERT INTO workflows (id, user_id, name, trigger_type, steps, status, config)
     VALUES ($1, $2, 'w', 'event', '[]', $3, $4)`,
    [id, changes.userId ?? userId, changes.status ?? 'active', JSON.stringify({ trigger })],
  );
  return id;
}

async function subscription(
  types: string[],
  changes: { filter?: string; status?: string; userId?: string } = {},
): Promise<string> {
  const { filter, status = 'active', userId: of = userId } = changes;
  const id = newId();
  const reason = status === 'disabled' ? 'gone' : null;
  await pool.query(
    `INSERT INTO event_subscriptions (id, user_id, types, filter, url, secret, status, disabled_reason)
     VALUES ($1, $2, $3, $4, 'https://example.com', 'sealed', $5, $6)`,
    [id, of, types, filter ?? null, status, reason],
  );
  return id;
}

/** The events promised to a subscription, each with the job that delivers it. */
async function deliveries(subscriptionId: string): Promise<string[]> {
  const { rows } = await pool.query<{ event_id: string }>(
    `SELECT d.event_id FROM event_deliveries d
     JOIN jobs j ON j.type = 'event.deliver' AND j.payload->>'delivery_id' = d.id::text AND j.status = 'queued'
     WHERE d.subscription_id = $1 AND d.status = 'pending' ORDER BY d.event_id`,
    [subscriptionId],
  );
  return rows.map(({ event_id }) => event_id);
}

async function send(changes: object = {}, of = userId, depth = 0): Promise<string> {
  const id = newId();
  const event = { specversion: '1.0' as const, id: `e ${id}`, source: '/tests', type: 'org.example.made', ...changes };
  await acceptEvents(pool, [{ id, userId: of, event, eventJson: JSON.stringify(event) }]);
  if (depth > 0) await pool.query('UPDATE events SET depth = $2 WHERE id = $1', [id, depth]);
  return id;
}

function dispatcher(over: Pool = pool) {
  const metrics = new EventMetrics(new Registry());
  const published: number[] = [];
  const bus = { publish: (_: string, { count }: { count: number }) => published.push(count) };
  const config = { pollMs: 500 } as EngineConfig;
  const lookout = { watch: () => undefined } as unknown as Lookout;
  const shutdown = { add: () => undefined } as unknown as GracefulShutdown;
  const toAll = bus as unknown as CommandBus<'workflow'>;
  const values = noLargeValues as RunValues;
  const service = new EventDispatcher(over, toAll, metrics, values, lookout, config, standardBounds, shutdown);
  return { service, metrics, published };
}

async function runs(workflowId: string): Promise<{ trigger: object; input: { id: string }; depth: number }[]> {
  const sql = 'SELECT trigger, input, depth FROM workflow_runs WHERE workflow_id = $1 ORDER BY id';
  return (await pool.query(sql, [workflowId])).rows;
}
const pending = async (of = userId): Promise<number> =>
  (await pool.query('SELECT FROM pending_events WHERE user_id = $1', [of])).rowCount ?? 0;

describe('EventDispatcher', () => {
  it('starts a run with the event, and forgets it', async () => {
    const id = await workflow({ type: 'org.example.made' });
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const accepted = await send({ data: { n: 1 }, traceparent });
    const { service, published } = dispatcher();
    await service.dispatchAll();
    expect(await runs(id)).toEqual([
      {
        trigger: {
          type: 'event',
          event_id: `e ${accepted}`,
          source: '/tests',
          event_type: 'org.example.made',
          accepted_as: accepted,
          traceparent: expect.stringMatching(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/),
        },
        input: expect.objectContaining({ id: `e ${accepted}`, data: { n: 1 } }),
        depth: 0,
      },
    ]);
    expect(await pending()).toBe(0);
    expect(published).toEqual([1]);
  });

  it.each([
    [{ type: 'org.example.*' }, true],
    [{ type: '*' }, true],
    [{ type: 'org.example.made', source: '/te*' }, true],
    [{ type: 'org.example' }, false],
    [{ type: 'org.example.made', source: '/other' }, false],
    [{ type: 'org.example.made', filter: 'event.data.n = 1' }, true],
    [{ type: 'org.example.made', filter: 'event.data.n > 1' }, false],
    [{ type: 'org.example.made', filter: 'event.data.none' }, false],
    [{ type: 'org.example.made', filter: '$error("no")' }, false],
    [null, false],
  ])('with the trigger %j: %s', async (trigger, starts) => {
    const id = await workflow(trigger);
    await send({ data: { n: 1 } });
    const { service } = dispatcher();
    await service.dispatchAll();
    expect(await runs(id)).toHaveLength(starts ? 1 : 0);
    expect(await pending()).toBe(0);
  });

  it.each([
    [['org.example.made'], undefined, true],
    [['com.*', 'org.*'], undefined, true],
    [['org.example'], undefined, false],
    [['*'], 'event.data.n = 1', true],
    [['*'], 'event.data.n > 1', false],
    [['*'], '$error("no")', false],
  ])('promises it to a subscription of %j with the filter %s: %s', async (types, filter, wanted) => {
    const id = await subscription(types, filter === undefined ? {} : { filter });
    const accepted = await send({ data: { n: 1 } });
    const { service, published, metrics } = dispatcher();
    await service.dispatchAll();
    expect(await deliveries(id)).toEqual(wanted ? [accepted] : []);
    expect(published).toEqual(wanted ? [1] : []);
    expect((await metrics.deliveries.get()).values[0]?.value).toBe(wanted ? 1 : 0);
    const { rows } = await pool.query('SELECT user_id FROM jobs WHERE user_id = $1', [userId]);
    expect(rows).toHaveLength(wanted ? 1 : 0);
  });

  it('promises it once, also when it is dispatched again', async () => {
    const id = await subscription(['*']);
    const accepted = await send();
    await dispatcher().service.dispatchAll();
    await pool.query('INSERT INTO pending_events (id, user_id) VALUES ($1, $2)', [accepted, userId]);
    await dispatcher().service.dispatchAll();
    expect(await deliveries(id)).toEqual([accepted]);
    expect((await pool.query('SELECT FROM jobs WHERE user_id = $1', [userId])).rowCount).toBe(1);
  });

  it("promises nothing to what is disabled, another owner's, or of an account that is deactivated", async () => {
    const stopped = await owner();
    const machine = newId();
    await pool.query('UPDATE users SET is_active = false WHERE id = $1', [stopped]);
    await pool.query(
      `INSERT INTO users (id, email, name, kind, owner_id) VALUES ($1, $1::uuid || '@x.invalid', 'M', 'service', $2)`,
      [machine, stopped],
    );
    const ids = [
      await subscription(['*'], { status: 'disabled' }),
      await subscription(['*'], { userId: await owner() }),
      await subscription(['*'], { userId: stopped }),
      await subscription(['*'], { userId: machine }),
    ];
    for (const of of [userId, stopped, machine]) await send({}, of);
    await dispatcher().service.dispatchAll();
    for (const id of ids) expect(await deliveries(id)).toEqual([]);
  });

  it('counts a filter that cannot be evaluated', async () => {
    await workflow({ type: '*', filter: '$error("no")' });
    await send();
    const { service, metrics } = dispatcher();
    await service.dispatchAll();
    expect((await metrics.filterErrors.get()).values[0]?.value).toBe(1);
  });

  it("starts neither what is inactive nor another owner's", async () => {
    const ids = [
      await workflow({ type: '*' }, { status: 'inactive' }),
      await workflow({ type: '*' }, { userId: await owner() }),
    ];
    await send();
    await dispatcher().service.dispatchAll();
    for (const id of ids) expect(await runs(id)).toEqual([]);
    expect(await pending()).toBe(0);
  });

  it('starts nothing at the end of too long a chain, and says so', async () => {
    const id = await workflow({ type: '*' });
    await send({}, userId, standardBounds.maxCauses);
    const loop = await send({}, userId, standardBounds.maxCauses + 1);
    const { service, metrics } = dispatcher();
    await service.dispatchAll();
    expect((await runs(id)).map(({ depth }) => depth)).toEqual([standardBounds.maxCauses]);
    const { rows } = await pool.query('SELECT problem FROM events WHERE id = $1', [loop]);
    expect(rows).toEqual([{ problem: 'LOOP_DETECTED' }]);
    expect((await metrics.loops.get()).values[0]?.value).toBe(1);
    expect(await pending()).toBe(0);
  });

  it('lets one event wait that cannot be dispatched, and none else', async () => {
    const id = await workflow({ type: '*' });
    const [bad, good] = [await send({ data: 'bad' }), await send({ data: 'good' })];
    // No run takes an input that is larger than the partition's check allows.
    await pool.query(
      `ALTER TABLE workflow_runs ADD CONSTRAINT no_bad CHECK (input IS NULL OR input->>'data' IS DISTINCT FROM 'bad') NOT VALID`,
    );
    const { service, metrics } = dispatcher();
    await service.dispatchAll();
    expect((await runs(id)).map(({ input }) => input.id)).toEqual([`e ${good}`]);
    const { rows } = await pool.query('SELECT attempts, due_at > now() AS later FROM pending_events WHERE id = $1', [
      bad,
    ]);
    expect(rows).toEqual([{ attempts: 1, later: true }]);
    expect((await metrics.postponed.get()).values[0]?.value).toBe(1);
    await pool.query('ALTER TABLE workflow_runs DROP CONSTRAINT no_bad');
    await pool.query('UPDATE pending_events SET due_at = now()');
    await dispatcher().service.dispatchAll();
    expect(await runs(id)).toHaveLength(2);
  });

  it('starts each workflow once for each event, with three dispatchers whose connections are cut', async () => {
    const ids = [await workflow({ type: '*' }), await workflow({ type: 'org.*' })];
    const subscribed = await subscription(['*']);
    const waiting = Array.from({ length: 40 }, () => newId());
    await pool.query(
      `WITH runs AS (SELECT unnest($1::uuid[]) AS run_id),
       claimed AS (INSERT INTO claims (run_id, retention, workflow_id, version, user_id, run_at)
                   SELECT run_id, 30, $2, 1, $3, 'infinity' FROM runs)
       INSERT INTO event_waits (id, run_id, user_id, path, type)
       SELECT gen_random_uuid(), run_id, $3, 'a', CASE WHEN run_id < $4 THEN '*' ELSE 'org.example.made' END FROM runs`,
      [waiting, ids[0], userId, waiting[20]],
    );
    const sent: string[] = [];
    for (let i = 0; i < 400; i++) sent.push(await send({ data: i }));
    const pools = [0, 1, 2].map(() => {
      const one = new Pool({
        connectionString: `${database.url}${database.url.includes('?') ? '&' : '?'}application_name=cut`,
        max: 1,
      });
      one.on('error', () => undefined);
      return one;
    });
    let cuts = 0;
    const cutter = setInterval(() => {
      const sql = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'cut' AND datname = current_database() AND state <> 'idle' ORDER BY random() LIMIT 1`;
      if (cuts < 40)
        pool
          .query(sql)
          .then(({ rowCount }) => (cuts += rowCount ?? 0))
          .catch(() => undefined);
    }, 3);
    const services = pools.map((one) => dispatcher(one).service);
    await eventually(
      async () => {
        await Promise.all(services.map((service) => service.dispatchAll().catch(() => undefined)));
        return (await pending()) === 0;
      },
      { timeoutMs: 30_000, everyMs: 1 },
    );
    clearInterval(cutter);
    await Promise.all(pools.map((one) => one.end()));
    expect(cuts).toBeGreaterThan(0);
    for (const id of ids) {
      const started = (await runs(id)).map(({ input }) => input.id).sort();
      expect(started).toEqual(sent.map((one) => `e ${one}`).sort());
    }
    expect(await deliveries(subscribed)).toEqual(sent.sort());
    expect((await pool.query('SELECT FROM jobs WHERE user_id = $1', [userId])).rowCount).toBe(400);
    const inbox = 'SELECT run_id FROM run_inbox WHERE run_id = ANY ($1) ORDER BY run_id';
    expect((await pool.query<{ run_id: string }>(inbox, [waiting])).rows.map(({ run_id }) => run_id)).toEqual(waiting);
    await pool.query('DELETE FROM claims WHERE run_id = ANY ($1)', [waiting]);
  });

  it('gives each wait one event, with three dispatchers at the same time', async () => {
    const workflowId = await workflow(null);
    const claims = Array.from({ length: 60 }, () => newId());
    await pool.query(
      `WITH runs AS (SELECT unnest($1::uuid[]) AS run_id),
       claimed AS (INSERT INTO claims (run_id, retention, workflow_id, version, user_id, run_at)
                   SELECT run_id, 30, $2, 1, $3, 'infinity' FROM runs)
       INSERT INTO event_waits (id, run_id, user_id, path, type, filter, context)
       SELECT gen_random_uuid(), run_id, $3, 'a', CASE WHEN run_id < $4 THEN 'it.*' ELSE 'it.came' END,
              'event.data >= least', '{"least": 5}' FROM runs`,
      [claims, workflowId, userId, claims[30]],
    );
    for (let data = 0; data < 40; data++) await send({ type: 'it.came', data });
    const dispatchers = [dispatcher(), dispatcher(), dispatcher()];
    await Promise.all(dispatchers.map(({ service }) => service.dispatchAll()));
    expect(await pending()).toBe(0);
    const { rows } = await pool.query<{ run_id: string; least: number }>(
      `SELECT run_id, min((payload->'event'->>'data')::int) AS least FROM run_inbox
       WHERE user_id = $1 AND kind = 'event' GROUP BY run_id HAVING count(*) = 1`,
      [userId],
    );
    expect(rows).toHaveLength(60);
    expect(Math.min(...rows.map(({ least }) => least))).toBeGreaterThanOrEqual(5);
    const woken = 'SELECT FROM claims WHERE user_id = $1 AND woken AND run_at <= now()';
    expect((await pool.query(woken, [userId])).rowCount).toBe(60);
    expect((await pool.query('SELECT FROM event_waits WHERE user_id = $1', [userId])).rowCount).toBe(0);
    const counts = await Promise.all(dispatchers.map(({ metrics }) => metrics.woken.get()));
    expect(counts.reduce((sum, { values }) => sum + (values[0]?.value ?? 0), 0)).toBe(60);
    await pool.query('DELETE FROM claims WHERE user_id = $1', [userId]);
  });

  it('gives nobody an event that was accepted before they waited, however late it is looked at', async () => {
    const workflowId = await workflow(null);
    const runId = newId();
    await pool.query(
      `INSERT INTO claims (run_id, retention, workflow_id, version, user_id, run_at) VALUES ($1, 30, $2, 1, $3, 'infinity')`,
      [runId, workflowId, userId],
    );
    const early = await send({ type: 'it.came' });
    await pool.query(`UPDATE pending_events SET due_at = now() + interval '1 hour' WHERE id = $1`, [early]);
    await pool.query(
      `INSERT INTO event_waits (id, run_id, user_id, path, type) VALUES (gen_random_uuid(), $1, $2, 'a', 'it.came')`,
      [runId, userId],
    );
    await pool.query('UPDATE pending_events SET due_at = now() WHERE id = $1', [early]);
    await dispatcher().service.dispatchAll();
    expect(await pending()).toBe(0);
    const inbox = `SELECT payload->'event'->>'id' AS id FROM run_inbox WHERE run_id = $1`;
    expect((await pool.query(inbox, [runId])).rows).toEqual([]);
    const later = await send({ type: 'it.came' });
    await dispatcher().service.dispatchAll();
    expect((await pool.query(inbox, [runId])).rows).toEqual([{ id: `e ${later}` }]);
    await pool.query('DELETE FROM claims WHERE run_id = $1', [runId]);
  });

  it("one owner's flood keeps no other waiting: they have their turn in the next batch", async () => {
    const [flooder, other] = [await owner(), await owner()];
    await workflow({ type: '*' }, { userId: flooder });
    const quiet = await workflow({ type: '*' }, { userId: other });
    await pool.query(
      `WITH e AS (SELECT gen_random_uuid() AS id FROM generate_series(1, 10000)),
       p AS (INSERT INTO pending_events (id, user_id) SELECT id, $1 FROM e)
       INSERT INTO events (id, user_id, type, source, event_id, event)
       SELECT id, $1, 'flood', '/f', id::text, jsonb_build_object('id', id, 'type', 'flood', 'source', '/f') FROM e`,
      [flooder],
    );
    await send({}, other);
    const { service } = dispatcher();
    const next = Reflect.get(service, 'dispatchNext').bind(service) as () => Promise<number>;
    expect(await next()).toBeLessThanOrEqual(200);
    await next();
    expect(await runs(quiet)).toHaveLength(1);
    expect(await pending(flooder)).toBeGreaterThan(9_000);
    await pool.query('DELETE FROM pending_events');
  });
});
