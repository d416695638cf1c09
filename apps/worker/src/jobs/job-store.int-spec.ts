import { WorkersConfig, loadConfig } from '@app/config';
import { JobStatus, newId } from '@app/contracts';
import { giveUpLeaseSql, Lookout, registerReplicaSql } from '@app/database';
import type { CommandBus } from '@app/messaging';
import { testDatabase, type TestDatabase } from '@app/testing';
import { Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { dueDeliveriesSql, dueJobsSql } from './due-jobs.sql.js';
import { JobStoreService } from './job-store.service.js';
import { JobSweeperService } from './job-sweeper.service.js';
import type { NextState } from './next-state.js';
import { renewJobsSql } from './renew-jobs.sql.js';

const done: NextState = { status: 'succeeded', result: { success: true, data: 'sent' }, isRetry: false };

describe('jobs in their rows', () => {
  let database: TestDatabase;
  let pool: Pool;
  let store: JobStoreService;
  let replica: string;
  const publish = vi.fn();

  beforeAll(async () => {
    database = await testDatabase();
    pool = new Pool({ connectionString: database.url });
    store = new JobStoreService(pool);
  });

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  beforeEach(async () => {
    replica = await newReplica();
  });

  afterEach(async () => {
    publish.mockClear();
    await pool.query('DELETE FROM jobs');
  });

  async function newReplica(): Promise<string> {
    const id = newId();
    await pool.query(registerReplicaSql, [id, 'worker', 'host', 1, 60_000]);
    return id;
  }

  async function newJob(columns: Record<string, unknown> = {}): Promise<string> {
    const row = { id: newId(), type: 'email.send', payload: '{}', ...columns };
    const names = Object.keys(row);
    const places = names.map((_, i) => `$${i + 1}`);
    await pool.query(`INSERT INTO jobs (${names.join()}) VALUES (${places.join()})`, Object.values(row));
    return row.id;
  }

  async function read(id: string) {
    const { rows } = await pool.query('SELECT * FROM jobs WHERE id = $1', [id]);
    return rows[0];
  }

  async function expire(id: string): Promise<void> {
    await pool.query(`UPDATE jobs SET lease_until = now() - interval '1 second' WHERE id = $1`, [id]);
  }

  /** The catalog has unsafe jobs only so far; what is safe is told to the statement through the catalog's entry. */
  function sweeper(): JobSweeperService {
    const bus = { publish } as unknown as CommandBus<'worker'>;
    return new JobSweeperService(
      pool,
      loadConfig(WorkersConfig, {}),
      bus,
      new Lookout({ pool, log: new Logger('test') }),
    );
  }

  async function due(limit = 100, resendAfterMs = 5_000): Promise<{ jobId: string; epoch: number }[]> {
    return (await pool.query(dueJobsSql, [limit, 100, resendAfterMs, ['email.send']])).rows;
  }

  it('gives a job to one of many who ask at the same time', async () => {
    const id = await newJob();
    const others = await Promise.all(Array.from({ length: 8 }, newReplica));
    const claims = await Promise.all(others.map((owner) => store.claim(id, 0, owner)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await read(id)).toMatchObject({ status: 'running', epoch: 1, retries: 0 });
  });

  it('gives nothing for a late message, a job that is not due and a replica that is dead', async () => {
    const id = await newJob();
    const later = await newJob({ run_at: new Date(Date.now() + 60_000) });
    expect(await store.claim(id, 7, replica)).toBeUndefined();
    expect(await store.claim(later, 0, replica)).toBeUndefined();
    await pool.query(giveUpLeaseSql, [replica]);
    expect(await store.claim(id, 0, replica)).toBeUndefined();
  });

  it('ends a job that was cancelled before anybody took it', async () => {
    const id = await newJob({ cancel_requested_at: new Date() });
    expect(await store.claim(id, 0, replica)).toMatchObject({ status: JobStatus.Cancelled });
    expect(await read(id)).toMatchObject({ status: 'cancelled', result: { error: { code: 'CANCELLED' } } });
  });

  it('is finished by its owner once', async () => {
    const id = await newJob();
    const job = (await store.claim(id, 0, replica))!;
    expect(await store.finish({ ...job, owner: newId() }, done, 0)).toBe(false);
    expect(await store.finish({ ...job, epoch: 2 }, done, 0)).toBe(false);
    expect(await store.finish(job, done, 0)).toBe(true);
    expect(await store.finish(job, { ...done, status: 'failed' }, 0)).toBe(false);
    const row = await read(id);
    expect(row).toMatchObject({ status: 'succeeded', result: { success: true, data: 'sent' }, delivered_at: null });
    expect(row.processed_at).toBeInstanceOf(Date);
  });

  it('waits for its back-off before a retry, with the counter raised and a new attempt number', async () => {
    const id = await newJob();
    const job = (await store.claim(id, 0, replica))!;
    await store.finish(job, { status: 'queued', result: null, isRetry: true }, 60_000);
    expect(await read(id)).toMatchObject({ status: 'queued', retries: 1, epoch: 1, enqueued_at: null });
    expect(await due()).toEqual([]);
    await pool.query('UPDATE jobs SET run_at = now()');
    expect(await due()).toMatchObject([{ jobId: id, epoch: 1 }]);
    expect(await store.claim(id, 0, replica)).toBeUndefined();
    expect(await store.claim(id, 1, replica)).toMatchObject({ epoch: 2, retries: 1 });
  });

  it('is in doubt when its lease runs out, and the stale worker cannot finish it', async () => {
    const id = await newJob({ run_id: newId() });
    const job = (await store.claim(id, 0, replica))!;
    await sweeper().sweep();
    expect((await read(id)).status).toBe('running');
    await expire(id);
    await sweeper().sweep();
    expect(await read(id)).toMatchObject({ status: 'in_doubt', result: { error: { code: 'IN_DOUBT' } } });
    expect(publish).toHaveBeenCalledExactlyOnceWith('runs.waiting', { count: 1 });
    expect(await store.finish(job, done, 0)).toBe(false);
    expect((await read(id)).status).toBe('in_doubt');
    expect(await due()).toEqual([]);
  });

  it('keeps its lease while it is renewed, and tells of a cancellation', async () => {
    const id = await newJob();
    const other = await newJob();
    const job = (await store.claim(id, 0, replica))!;
    await store.claim(other, 0, await newReplica());
    await pool.query('UPDATE jobs SET cancel_requested_at = now() WHERE id = $1', [id]);
    await expire(id);
    const { rows } = await pool.query(renewJobsSql, [replica, [id, other], [job.epoch, 1], 60_000]);
    expect(rows).toEqual([{ id, cancelled: true }]);
    await sweeper().sweep();
    expect((await read(id)).status).toBe('running');
  });

  it('goes to the queue by priority, then by age, once until it is lost', async () => {
    const ids: Record<string, string> = {};
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
    for (const [name, priority, second] of [
      ['late', 5, 3],
      ['early', 5, 1],
      ['urgent', 1, 4],
      ['idle', 9, 0],
    ] as const) {
      ids[name] = await newJob({ priority, run_at: at(second) });
    }
    const order = (await due()).map(({ jobId }) => jobId);
    expect(order).toEqual([ids['urgent'], ids['early'], ids['late'], ids['idle']]);
    expect(await due()).toEqual([]);
    expect(await due(100, 0)).toHaveLength(4);
  });

  it('keeps a flood out of Redis, and an urgent job ahead of it', async () => {
    for (let i = 0; i < 20; i++) await newJob();
    expect(await due(10)).toHaveLength(10);
    expect(await due(10)).toHaveLength(0);
    const urgent = await newJob({ priority: 1 });
    expect((await due(10)).map(({ jobId }) => jobId)).toEqual([urgent]);
  });

  it('finds of each owner what is due first, whatever another has waiting before it', async () => {
    const [flood, other] = [newId(), newId()];
    const waits = (user_id: string, minutes: number) =>
      newJob({ type: 'event.deliver', user_id, run_at: new Date(Date.now() - minutes * 60_000) });
    for (let i = 0; i < 30; i++) await waits(flood, 60 - i);
    const theirs = [await waits(other, 2), await waits(other, 1)];
    await waits(other, -5);
    const find = async (window: number): Promise<{ jobId: string; owner: string }[]> =>
      (await pool.query(dueDeliveriesSql, [window, 100, 5_000])).rows;
    const found = await find(5);
    expect(found.filter(({ owner }) => owner === other).map(({ jobId }) => jobId)).toEqual(theirs);
    expect(found.filter(({ owner }) => owner === flood)).toHaveLength(3);
    expect(await find(5)).toEqual([]);
    expect(await find(100)).toHaveLength(27);
  });

  it('goes to the queue through one of two relays', async () => {
    for (let i = 0; i < 30; i++) await newJob();
    const [one, two] = await Promise.all([due(), due()]);
    expect(new Set([...one, ...two].map(({ jobId }) => jobId)).size).toBe(30);
    expect(one.length + two.length).toBe(30);
  });

  describe('a task whose program is silent', () => {
    const task = (effect: string, more: Record<string, unknown> = {}): Promise<string> =>
      newJob({ type: 'external.task', payload: JSON.stringify({ effect }), run_id: newId(), ...more });
    const taken = { status: 'running', owner: newId(), epoch: 1, lease_until: new Date(0) };

    it('waits again when it may be done twice, and else is in doubt', async () => {
      const [keyed, unsafe] = [await task('keyed', taken), await task('unsafe', taken)];
      const held = await task('unsafe', { ...taken, lease_until: new Date(Date.now() + 60_000) });
      await sweeper().sweep();
      expect(await read(keyed)).toMatchObject({ status: 'queued', owner: null, result: null });
      expect(await read(unsafe)).toMatchObject({ status: 'in_doubt', result: { error: { code: 'IN_DOUBT' } } });
      expect(await read(held)).toMatchObject({ status: 'running' });
    });

    it('ends when no run wants it any more', async () => {
      const waiting = await task('unsafe', { cancel_requested_at: new Date() });
      await sweeper().sweep();
      expect(await read(waiting)).toMatchObject({ status: 'cancelled' });
    });
  });
});
