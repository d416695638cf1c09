import { testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ReplicaLease } from './replica-lease.js';
import { declareDeadSql } from './replicas.sql.js';

describe('ReplicaLease', () => {
  let database: TestDatabase;
  let pool: Pool;
  const leases: ReplicaLease[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    pool = new Pool({ connectionString: database.url });
  });
  afterEach(async () => {
    await Promise.all(leases.splice(0).map((lease) => lease.release()));
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const take = async (times = { leaseMs: 6_000, heartbeatMs: 50, abortAfterMs: 4_000 }): Promise<ReplicaLease> => {
    const lease = await ReplicaLease.take({ database: database.config, service: 'workflow', ...times });
    leases.push(lease);
    return lease;
  };
  const row = async (id: string): Promise<{ lease_until: Date; dead_at: Date | null } | undefined> =>
    (await pool.query<{ lease_until: Date; dead_at: Date | null }>('SELECT * FROM replicas WHERE id = $1', [id]))
      .rows[0];
  const aborted = (lease: ReplicaLease): Promise<void> =>
    new Promise((resolve) => {
      if (lease.signal.aborted) resolve();
      else lease.signal.addEventListener('abort', () => resolve(), { once: true });
    });

  it('is held from the moment it is taken and is renewed while the main thread is busy', async () => {
    const lease = await take();
    expect(lease.isHeld()).toBe(true);
    const before = (await row(lease.id))?.lease_until.getTime() ?? 0;
    const busyUntil = performance.now() + 400;
    while (performance.now() < busyUntil);
    expect((await row(lease.id))?.lease_until.getTime()).toBeGreaterThan(before + 200);
    expect(lease.isHeld()).toBe(true);
  });

  it('is lost for good when the database has declared it dead', async () => {
    const lease = await take();
    await pool.query('UPDATE replicas SET dead_at = now() WHERE id = $1', [lease.id]);
    await aborted(lease);
    expect(lease.isHeld()).toBe(false);
  });

  it('is lost by our own clock before the others may take over, when renewals do not get through', async () => {
    const lease = await take({ leaseMs: 60_000, heartbeatMs: 50, abortAfterMs: 300 });
    const blocker = await pool.connect();
    try {
      await blocker.query('BEGIN');
      await blocker.query('SELECT 1 FROM replicas WHERE id = $1 FOR UPDATE', [lease.id]);
      await aborted(lease);
      expect((await row(lease.id))?.dead_at).toBeNull();
    } finally {
      await blocker.query('ROLLBACK');
      blocker.release();
    }
  });

  it('tells the others at once when it is given up', async () => {
    const lease = await take();
    await lease.release();
    expect((await row(lease.id))?.dead_at).toBeInstanceOf(Date);
    expect(lease.isHeld()).toBe(false);
  });

  it('runs out by the clock of the database when its process is gone', async () => {
    await pool.query(
      `INSERT INTO replicas (id, service, host, pid, lease_until)
       VALUES ('01900000-0000-7000-8000-000000000001', 'workflow', 'h', 1, now() - interval '1 ms')`,
    );
    const held = await take();
    const { rows } = await pool.query<{ id: string }>(declareDeadSql);
    expect(rows.map(({ id }) => id)).toEqual(['01900000-0000-7000-8000-000000000001']);
    expect(held.isHeld()).toBe(true);
  });
});
