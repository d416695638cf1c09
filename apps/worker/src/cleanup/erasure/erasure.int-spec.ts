import { LocalFolder } from '@app/blobs';
import { BlobsConfig, CleanupConfig, ErasureConfig } from '@app/config';
import type { CommandBus } from '@app/messaging';
import type { GracefulShutdown } from '@app/observability';
import { testBlobFolder, testDatabase, type TestDatabase } from '@app/testing';
import { Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  everythingOf,
  impersonalTables,
  tablesOf,
  tablesWith,
  type Somebody,
} from '../../../../../test/database/everything-of.js';
import { BlobSweep } from '../blobs/blob-sweep.service.js';
import { CleanupMetrics } from '../cleanup.metrics.js';
import { CleanupService } from '../cleanup.service.js';
import { ErasureService } from './erasure.service.js';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const published: string[] = [];
const bus = { publish: (name: string) => published.push(name) } as unknown as CommandBus<'worker'>;

function cleanup(batchSize = 500): CleanupService {
  const config = Object.assign(new CleanupConfig(), { batchSize });
  const metrics = new CleanupMetrics(new Registry());
  const blobs = new BlobSweep(new LocalFolder(testBlobFolder()), new BlobsConfig(), metrics);
  const erasure = new ErasureService(new ErasureConfig(), bus, blobs);
  return new CleanupService(pool, config, erasure, blobs, metrics, bus, shutdown());
}

function shutdown(): GracefulShutdown {
  return { add: () => undefined } as unknown as GracefulShutdown;
}

async function makeDue({ id }: { id: string }): Promise<void> {
  await pool.query('UPDATE users SET deletion_due_at = now() WHERE id = $1', [id]);
}

/** Plays the engine: runs that were cancelled end. */
async function endRuns(): Promise<void> {
  await pool.query('DELETE FROM claims WHERE cancel_requested_at IS NOT NULL');
}

async function exists({ id }: { id: string }): Promise<boolean> {
  return (await pool.query('SELECT FROM users WHERE id = $1', [id])).rowCount === 1;
}

async function erasedEvents(somebody: Somebody): Promise<unknown[]> {
  const { rows } = await pool.query(
    `SELECT actor_kind, subject_id FROM audit_events WHERE action = 'user.erased' AND subject_id = ANY ($1) ORDER BY id`,
    [[somebody.id, somebody.machineId]],
  );
  return rows;
}

describe('the person of the tests', () => {
  it('has a row in every table that can hold something about somebody', async () => {
    const { marker, id, secret } = await everythingOf(pool, 'complete');
    const found = new Set<string>();
    for (const text of [marker, id, secret]) for (const table of await tablesWith(pool, text)) found.add(table);
    // The totals of a workflow and the fires of its schedule hold its id alone.
    const others = [...impersonalTables, 'workflow_stats', 'schedule_fires'];
    expect((await tablesOf(pool)).filter((table) => !found.has(table)).sort()).toEqual(others.sort());
  });
});

describe('erasure', () => {
  it('leaves nothing of somebody but ids in the trail and in what is revoked, and everything of the others', async () => {
    const somebody = await everythingOf(pool, 'forgetme');
    const other = await everythingOf(pool, 'keepme');
    const before = await tablesWith(pool, other.marker);
    await makeDue(somebody);
    await cleanup().cleanUp();
    expect(await exists(somebody)).toBe(true);
    await endRuns();
    await cleanup().cleanUp();

    expect(await exists(somebody)).toBe(false);
    for (const text of [somebody.marker, somebody.secret]) expect(await tablesWith(pool, text)).toEqual([]);
    for (const id of [somebody.id, somebody.machineId]) {
      expect(await tablesWith(pool, id)).toEqual(['audit_events', 'revocations']);
    }
    for (const id of somebody.runIds) expect(await tablesWith(pool, id)).toEqual([]);
    expect(await tablesWith(pool, somebody.apiKeyId)).toEqual(['audit_events']);
    expect(await tablesWith(pool, other.marker)).toEqual(before);
    expect(await erasedEvents(somebody)).toEqual(
      expect.arrayContaining([
        { actor_kind: 'system', subject_id: somebody.id },
        { actor_kind: 'system', subject_id: somebody.machineId },
      ]),
    );
  });

  it('keeps what the trail says about others, and who they were that did something to somebody', async () => {
    const somebody = await everythingOf(pool, 'oldadmin');
    const other = await everythingOf(pool, 'colleague');
    const insert = `INSERT INTO audit_events (id, action, actor_kind, outcome, subject_type, actor_id, subject_id, before, user_agent)
      VALUES (gen_random_uuid(), $5, 'user', 'success', 'user', $1, $2, $3, $4)`;
    await pool.query(insert, [somebody.id, other.id, { name: 'colleague' }, 'oldadmin', 'by-them']);
    await pool.query(insert, [other.id, somebody.id, { name: 'oldadmin' }, 'colleague', 'to-them']);
    await pool.query('DELETE FROM claims');
    await makeDue(somebody);
    await cleanup().cleanUp();
    const { rows } = await pool.query(
      `SELECT action, before, user_agent, erased_at IS NOT NULL AS erased FROM audit_events WHERE action IN ('by-them', 'to-them') ORDER BY action`,
    );
    expect(rows).toEqual([
      { action: 'by-them', before: { name: 'colleague' }, user_agent: null, erased: true },
      { action: 'to-them', before: null, user_agent: 'colleague', erased: true },
    ]);
  });

  it('goes on where it was interrupted, in small steps', async () => {
    const somebody = await everythingOf(pool, 'stepwise');
    await pool.query('DELETE FROM claims');
    await makeDue(somebody);
    await pool.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;
      CREATE TRIGGER refuse BEFORE DELETE ON content FOR EACH ROW EXECUTE FUNCTION refuse()`);
    await expect(cleanup(1).cleanUp()).rejects.toThrow('not now');
    expect(await exists(somebody)).toBe(true);
    expect(await tablesWith(pool, 'stepwise')).not.toContain('workflow_runs');
    await pool.query('DROP TRIGGER refuse ON content');
    await cleanup(1).cleanUp();
    expect(await exists(somebody)).toBe(false);
    expect(await tablesWith(pool, 'stepwise')).toEqual([]);
    expect(await erasedEvents(somebody)).toHaveLength(2);
  });

  it('is not for those who are not due, or have withdrawn', async () => {
    const somebody = await everythingOf(pool, 'staying');
    await pool.query(`UPDATE users SET deletion_due_at = now() + interval '1 minute' WHERE id = $1`, [somebody.id]);
    const deactivated = await everythingOf(pool, 'idle');
    await pool.query(`UPDATE users SET is_active = false, deleted_at = now() - interval '29 days' WHERE id = $1`, [
      deactivated.id,
    ]);
    await pool.query('DELETE FROM claims');
    await cleanup().cleanUp();
    expect([await exists(somebody), await exists(deactivated)]).toEqual([true, true]);
    await pool.query(`UPDATE users SET deleted_at = now() - interval '31 days' WHERE id = $1`, [deactivated.id]);
    await cleanup().cleanUp();
    expect([await exists(somebody), await exists(deactivated)]).toEqual([true, false]);
  });

  it('does not wait for ever for runs that do not end, and takes none from who holds it', async () => {
    const somebody = await everythingOf(pool, 'stuck');
    await pool.query(`UPDATE claims SET owner = $2 WHERE run_id = $1`, [somebody.runIds[0], somebody.id]);
    await pool.query(
      `UPDATE users SET is_active = false, deletion_due_at = now(), deleted_at = now() - interval '11 minutes' WHERE id = $1 OR owner_id = $1`,
      [somebody.id],
    );
    await cleanup().cleanUp();
    const { rows } = await pool.query('SELECT run_id FROM claims WHERE run_id = ANY ($1)', [somebody.runIds]);
    expect(rows).toEqual([{ run_id: somebody.runIds[0] }]);
    await endRuns();
    await cleanup().cleanUp();
    expect(await exists(somebody)).toBe(false);
  });

  it('happens once when two workers are at it', async () => {
    const somebody = await everythingOf(pool, 'twice');
    await pool.query('DELETE FROM claims');
    await makeDue(somebody);
    const done = await Promise.all([cleanup(1).cleanUp(), cleanup(1).cleanUp()]);
    expect(done).toContain(true);
    expect(await exists(somebody)).toBe(false);
    expect(await erasedEvents(somebody)).toHaveLength(2);
  });
});
