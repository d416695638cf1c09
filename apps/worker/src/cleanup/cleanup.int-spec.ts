import { LocalFolder } from '@app/blobs';
import { BlobsConfig, CleanupConfig, ErasureConfig } from '@app/config';
import { newId } from '@app/contracts';
import type { CommandBus } from '@app/messaging';
import type { GracefulShutdown } from '@app/observability';
import { eventually, testBlobFolder, testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everythingOf } from '../../../../test/database/everything-of.js';
import { BlobSweep } from './blobs/blob-sweep.service.js';
import { CleanupMetrics } from './cleanup.metrics.js';
import { CleanupService } from './cleanup.service.js';
import { ErasureService } from './erasure/erasure.service.js';

let database: TestDatabase;
let pool: Pool;
const registry = new Registry();
const published: unknown[] = [];
let cleanup: CleanupService;

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url });
  const bus = {
    publish: (name: string, payload: unknown) => published.push([name, payload]),
  } as unknown as CommandBus<'worker'>;
  const shutdown = { add: () => undefined } as unknown as GracefulShutdown;
  const config = Object.assign(new CleanupConfig(), { batchSize: 2 });
  const metrics = new CleanupMetrics(registry);
  const blobs = new BlobSweep(new LocalFolder(testBlobFolder()), new BlobsConfig(), metrics);
  const erasure = new ErasureService(new ErasureConfig(), bus, blobs);
  cleanup = new CleanupService(pool, config, erasure, blobs, metrics, bus, shutdown);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('the cleanup', () => {
  it('removes what has expired and nothing else, in batches, and counts it', async () => {
    const { id } = await everythingOf(pool, 'expiring');
    const tables = ['sessions', 'one_time_tokens', 'revocations', 'idempotency_keys'] as const;
    const rowsOf = async (): Promise<number[]> =>
      Promise.all(tables.map(async (table) => (await pool.query(`SELECT FROM ${table}`)).rowCount ?? -1));
    const good = await rowsOf();
    for (let i = 0; i < 5; i++) {
      await pool.query(
        `INSERT INTO revocations (id, kind, subject_id, expires_at) VALUES ($1, 'user', $2, now() - interval '1 second')`,
        [newId(), id],
      );
    }
    await cleanup.cleanUp();
    expect(await rowsOf()).toEqual(good);
    expect(await registry.getSingleMetricAsString('cleanup_rows_removed_total')).toContain('{table="revocations"} 5');
    for (const table of tables) await pool.query(`UPDATE ${table} SET expires_at = now() - interval '1 second'`);
    await cleanup.cleanUp();
    expect(await rowsOf()).toEqual([0, 0, 0, 0]);
    expect(await registry.getSingleMetricAsString('cleanup_last_round_timestamp_seconds')).toMatch(/ \d{10}/);
  });

  it('forgets fires of schedules that no backfill can ask for any more', async () => {
    await everythingOf(pool, 'scheduled');
    const [workflow] = (await pool.query('SELECT workflow_id FROM schedules LIMIT 1')).rows;
    await pool.query(
      `INSERT INTO schedule_fires (workflow_id, scheduled_for, kind, status, overlap, reason)
       SELECT $1, now() - n * interval '1 day', 'fire', CASE n WHEN 100 THEN 'queued' ELSE 'skipped' END, 'skip',
              CASE n WHEN 100 THEN NULL ELSE 'overlap' END
       FROM generate_series(88, 100) AS n`,
      [workflow.workflow_id],
    );
    await cleanup.cleanUp();
    const left = `SELECT round(extract(epoch FROM now() - scheduled_for) / 86400)::int AS days FROM schedule_fires
      WHERE scheduled_for < now() - interval '80 days' ORDER BY 1`;
    expect((await pool.query(left)).rows.map(({ days }) => days)).toEqual([88, 89, 90, 91, 100]);
  });

  it('removes deliveries of more than 24 hours ago, and old jobs that are over and that no unfinished run may read', async () => {
    const { id } = await everythingOf(pool, 'old');
    const sql = 'SELECT id FROM workflows WHERE user_id = $1';
    const workflow = (await pool.query<{ id: string }>(sql, [id])).rows[0]?.id;
    await pool.query('DELETE FROM seen_deliveries');
    await pool.query(
      `INSERT INTO seen_deliveries (workflow_id, key, run_id, seen_at) VALUES
       ($1, 'old', $1, now() - interval '25 hours'), ($1, 'new', $1, now() - interval '23 hours')`,
      [workflow],
    );
    const [over, unfinished] = [newId(), newId()];
    await pool.query(
      `INSERT INTO claims (run_id, retention, workflow_id, version, user_id, run_at) VALUES ($1, 30, $2, 1, $2, 'infinity')`,
      [unfinished, workflow],
    );
    await pool.query(
      `INSERT INTO jobs (id, type, payload, status, run_id, path, updated_at)
       SELECT uuidv7(), 'test.old', '{}', status, run_id, name, now() - age
       FROM (VALUES ('gone', 'succeeded', $1::uuid, interval '31 days'), ('gone', 'in_doubt', NULL, interval '31 days'),
                    ('young', 'failed', $1, interval '29 days'), ('queued', 'queued', $1, interval '31 days'),
                    ('wanted', 'succeeded', $2, interval '31 days')) AS j (name, status, run_id, age)`,
      [over, unfinished],
    );
    await cleanup.cleanUp();
    const keys = await pool.query('SELECT key FROM seen_deliveries WHERE workflow_id = $1', [workflow]);
    expect(keys.rows).toEqual([{ key: 'new' }]);
    const jobs = await pool.query(`SELECT path FROM jobs WHERE type = 'test.old' ORDER BY path`);
    expect(jobs.rows).toEqual([{ path: 'queued' }, { path: 'wanted' }, { path: 'young' }]);
    await pool.query('DELETE FROM claims WHERE run_id = $1', [unfinished]);
  });

  it('forgets pauses of providers that are over, and no others', async () => {
    const { id } = await everythingOf(pool, 'paused');
    await pool.query(
      `INSERT INTO provider_pauses (user_id, account, until) VALUES ($1, 'over', now() - interval '1 ms')`,
      [id],
    );
    await cleanup.cleanUp();
    const { rows } = await pool.query('SELECT account FROM provider_pauses WHERE user_id = $1', [id]);
    expect(rows).toEqual([{ account: 'https://paused.example' }]);
  });

  it('removes content that was deleted more than 30 days ago, with its revisions, and no other', async () => {
    const { id } = await everythingOf(pool, 'written');
    const texts = `INSERT INTO content (id, user_id, type, title, deleted_at)
      SELECT uuidv7(), $1, 'note', days, now() - days::int * interval '1 day' FROM unnest($2::text[]) AS days`;
    await pool.query(texts, [id, ['29', '31', '32', '33']]);
    await pool.query(
      `INSERT INTO content_revisions (id, content_id, version, type, title, body, metadata, status)
       SELECT uuidv7(), id, 1, type, title, body, metadata, status FROM content WHERE deleted_at IS NOT NULL`,
    );
    await cleanup.cleanUp();
    const left = 'SELECT title FROM content WHERE user_id = $1 ORDER BY title';
    expect((await pool.query(left, [id])).rows).toEqual([{ title: '29' }, { title: 'written' }]);
    const revisions = `SELECT r.title FROM content_revisions r JOIN content c ON c.id = r.content_id WHERE c.user_id = $1`;
    expect((await pool.query(`${revisions} ORDER BY 1`, [id])).rows).toEqual([{ title: '29' }, { title: 'written' }]);
  });

  it('cancels runs of deactivated accounts and of their machines that nobody cancelled', async () => {
    const somebody = await everythingOf(pool, 'deactivated');
    const other = await everythingOf(pool, 'active');
    await pool.query('UPDATE users SET is_active = false, updated_at = now() WHERE id = $1', [somebody.id]);
    await cleanup.cleanUp();
    const cancelled = async (runIds: string[]): Promise<number> => {
      const sql = 'SELECT FROM claims WHERE run_id = ANY ($1) AND cancel_requested_at IS NOT NULL AND run_at <= now()';
      return (await pool.query(sql, [runIds])).rowCount ?? -1;
    };
    expect(await cancelled(somebody.runIds)).toBe(2);
    expect(await cancelled(other.runIds)).toBe(0);
    expect(published).toEqual([['runs.waiting', { count: 2 }]]);
  });

  it('leaves it to another process that is at it', async () => {
    const other = await pool.connect();
    await other.query(`SELECT pg_advisory_lock(x'5e1f9c37'::bigint)`);
    expect(await cleanup.cleanUp()).toBe(false);
    other.release(true);
  });

  it('gives the lock back after a round that failed', async () => {
    await pool.query('ALTER TABLE sessions RENAME TO sessions_away');
    await expect(cleanup.cleanUp()).rejects.toThrow('sessions');
    await pool.query('ALTER TABLE sessions_away RENAME TO sessions');
    // The server gives it back when it notices that the connection is closed.
    await eventually(() => cleanup.cleanUp());
  });
});
