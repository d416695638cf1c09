import { loadConfig, EngineConfig } from '@app/config';
import { firstIdAt, newId, type RetentionClass } from '@app/contracts';
import { ensurePartitions } from '@app/database';
import type { CommandBus } from '@app/messaging';
import { GracefulShutdown, HealthService } from '@app/observability';
import { eventually, testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSql } from '../../apps/gateway/src/runs/runs.sql.js';
import { claimAny } from '../workflow/claim-any.js';
import { RunWriter } from '../../apps/workflow/src/runs/run-writer.service.js';
import { loadHistories } from '../../apps/workflow/src/runs/store/run-history.js';
import { HistoryMetrics } from '../../apps/workflow/src/history/retention/history.metrics.js';
import { RetentionService } from '../../apps/workflow/src/history/retention/retention.service.js';

const DAY_MS = 86_400_000;
/** Long before the partitions that the template has. */
const OLD = Date.UTC(2020, 0, 1, 12);
const days = (count: number): Date => new Date(OLD + count * DAY_MS);

describe('retention', () => {
  let database: TestDatabase;
  let pool: Pool;
  let service: RetentionService;
  let writer: RunWriter;
  const registry = new Registry();
  const shutdown = new GracefulShutdown(new HealthService());
  const user = newId();
  let made = 0;

  beforeAll(async () => {
    database = await testDatabase();
    pool = new Pool({ connectionString: database.url });
    // Dropping the database may end a connection that is being closed.
    pool.on('connect', (client) => client.on('error', () => undefined));
    service = new RetentionService(pool, new HistoryMetrics(registry), shutdown);
    const bus = { publish: () => undefined } as unknown as CommandBus<'workflow'>;
    writer = new RunWriter(pool, bus, loadConfig(EngineConfig, {}), shutdown);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  /** A run of that time with an entry in its journal, and with a claim unless it is over. */
  const run = async (
    at: Date,
    { retention = 1, claim }: { retention?: RetentionClass; claim?: { runAt?: string; inDoubt?: boolean } } = {},
  ): Promise<string> => {
    const id = `${firstIdAt(at.getTime()).slice(0, 24)}${(++made).toString(16).padStart(12, '0')}`;
    await pool.query(
      `INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, trigger, status, completed_at)
       VALUES ($1, $2, $3, 1, $3, '{"type":"manual"}', $4, $5)`,
      [id, retention, user, claim === undefined ? 'completed' : 'running', claim === undefined ? at : null],
    );
    await pool.query(
      `INSERT INTO run_journal (run_id, retention, seq, epoch, entries)
       VALUES ($1, $2, 1, 1, '[{"type":"step.skipped","path":"a","at":1}]')`,
      [id, retention],
    );
    await pool.query(`INSERT INTO effect_ledger (run_id, path, attempt, epoch, outcome) VALUES ($1, 'a', 1, 1, '{}')`, [
      id,
    ]);
    if (claim === undefined) return id;
    await pool.query(
      `INSERT INTO claims (run_id, retention, workflow_id, version, user_id, run_at, in_doubt)
       VALUES ($1, $2, $3, 1, $3, $4, $5)`,
      [id, retention, user, claim.runAt ?? 'now', claim.inDoubt ?? false],
    );
    return id;
  };
  const partitions = async (parent: string): Promise<string[]> =>
    (
      await pool.query<{ name: string }>(
        'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = to_regclass($1) ORDER BY 1',
        [parent],
      )
    ).rows.map(({ name }) => name);
  const left = async (ids: readonly string[]): Promise<string[]> => {
    const found: string[] = [];
    for (const id of ids) if ((await pool.query(runSql, [id, user])).rowCount === 1) found.push(id);
    return found;
  };
  const rowsOf = async (table: string, id: string): Promise<number> =>
    (await pool.query(`SELECT FROM ${table} WHERE run_id = $1`, [id])).rowCount ?? -1;

  it('drops runs and journals that are past their retention, and moves on what somebody still needs', async () => {
    await ensurePartitions(pool, days(0));
    const finished = await run(days(0));
    const parked = await run(days(0), { claim: { runAt: 'infinity' } });
    const doubtful = await run(days(0), { claim: { runAt: 'infinity', inDoubt: true } });
    const due = await run(days(0), { claim: {} });
    const unread = await run(days(0));
    await pool.query(`INSERT INTO child_runs (run_id, retention, parent_id, status) VALUES ($1, 1, $2, 'completed')`, [
      unread,
      parked,
    ]);
    const late = await run(days(0));
    await pool.query('UPDATE workflow_runs SET completed_at = $2 WHERE id = $1', [late, days(1)]);
    const longer = await run(days(0), { retention: 7 });
    const owner = newId();
    const [claimed] = await claimAny(pool, owner, 10);
    expect(claimed?.runId).toBe(due);

    await service.dropDue(days(1.4));
    expect(await left([finished])).toEqual([finished]);
    await service.dropDue(days(1.6));

    const needed = [parked, doubtful, due, unread, late, longer];
    expect(await left([finished, ...needed])).toEqual(needed);
    for (const table of ['run_journal', 'effect_ledger']) expect(await rowsOf(table, finished)).toBe(0);
    for (const id of needed) expect(await rowsOf('run_journal', id)).toBe(1);
    for (const table of ['workflow_runs_r1', 'run_journal_r1']) {
      expect(await partitions(table)).toContain(`${table}_kept`);
      expect(await partitions(table)).not.toContain(`${table}_20200101`);
    }
    expect(await rowsOf('effect_ledger', parked)).toBe(1);

    // Under its lease it goes on where it is now, and a parked one is claimed with its history.
    if (claimed === undefined) throw new Error('not claimed');
    await writer.commit({
      ...claimed,
      slot: undefined,
      blobs: [],
      seq: 2,
      entries: [],
      entriesJson: '[{"type":"step.skipped","path":"b","at":2}]',
      next: { kind: 'finish' },
      status: 'completed',
      outputJson: '{"x":1}',
      errorJson: null,
      startedAt: claimed.claimedAt,
      isJoined: false,
      hasChildren: false,
      jobs: [],
      children: [],
      readInbox: [],
      events: [],
      eventWaits: [],
      contentChanges: [],
      unwanted: { jobs: [], children: [], eventWaits: [] },
    });
    expect((await pool.query(runSql, [due, user])).rows).toMatchObject([{ status: 'completed', output: { x: 1 } }]);
    await pool.query('UPDATE claims SET run_at = now() WHERE run_id = $1', [doubtful]);
    expect((await claimAny(pool, owner, 10)).map(({ runId }) => runId)).toEqual([doubtful]);
    expect((await loadHistories(pool, [due])).get(due)).toMatchObject({ nextSeq: 3 });
    expect(await registry.getSingleMetricAsString('history_partitions_dropped_total')).toContain('{retention="1"} 1');
  });

  it('lets what was moved on and is over leave with the next partition, and empties the default partition as far', async () => {
    await ensurePartitions(pool, days(10));
    const outside = await run(days(9));
    const unfinished = await run(days(9.2), { claim: { runAt: 'infinity' } });
    const moved = await run(days(10), { claim: { runAt: 'infinity' } });
    await service.dropDue(days(11));
    expect(await registry.getSingleMetricAsString('history_default_rows')).toContain('{table="workflow_runs"} 2');
    await service.dropDue(days(12));
    expect(await left([outside, unfinished, moved])).toEqual([unfinished, moved]);
    await pool.query(`DELETE FROM claims WHERE run_id = $1`, [moved]);
    await pool.query(`UPDATE workflow_runs SET status = 'completed', completed_at = $2 WHERE id = $1`, [
      moved,
      days(12),
    ]);
    await ensurePartitions(pool, days(20));
    await service.dropDue(days(22));
    expect(await left([unfinished, moved])).toEqual([unfinished]);
    expect(await registry.getSingleMetricAsString('history_default_rows')).toContain('{table="workflow_runs"} 0');
  });

  it('gives way to a writer, and is done when the writer is', async () => {
    await ensurePartitions(pool, days(30));
    const busy = await run(days(30), { claim: { runAt: 'infinity' } });
    const over = await run(days(30));
    const other = await pool.connect();
    await other.query('BEGIN');
    await other.query(`UPDATE workflow_runs SET output = '{"y":1}' WHERE retention = 1 AND id = $1`, [busy]);
    await service.dropDue(days(32));
    expect(await left([busy, over])).toEqual([busy, over]);
    await other.query('COMMIT');
    other.release();
    await service.dropDue(days(32));
    expect(await left([busy, over])).toEqual([busy]);
    expect((await pool.query(runSql, [busy, user])).rows).toMatchObject([{ output: { y: 1 } }]);
  });

  it('copies what a writer commits while the locks are awaited', async () => {
    await ensurePartitions(pool, days(34));
    // What other tests left goes first, so that the locks that are awaited are those of this test's partition.
    await service.dropDue(days(34));
    const busy = await run(days(34), { claim: { runAt: 'infinity' } });
    const over = await run(days(34));
    const other = await pool.connect();
    let written = 1;
    // Should the test be too slow for the time the locks are awaited, it is done again.
    while ((await left([over])).length > 0) {
      await other.query('BEGIN');
      await other.query('UPDATE workflow_runs SET version = $2 WHERE retention = 1 AND id = $1', [busy, ++written]);
      let isOver = false;
      const dropping = service.dropDue(days(36)).finally(() => (isOver = true));
      const isAwaited = async (): Promise<boolean> =>
        isOver ||
        (await other.query(`SELECT FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'`)).rowCount === 1;
      await eventually(isAwaited, { everyMs: 5 });
      await other.query('COMMIT');
      await dropping;
    }
    other.release();
    expect((await pool.query(runSql, [busy, user])).rows).toMatchObject([{ version: written }]);
  });

  it('loses nothing of a writer that commits all the time, also from two processes at once', async () => {
    await ensurePartitions(pool, days(40));
    const busy = await run(days(40), { claim: { runAt: 'infinity' } });
    const over = await run(days(40));
    let isWriting = true;
    let written = 1;
    const writing = (async () => {
      while (isWriting) {
        await pool.query(
          `WITH j AS (INSERT INTO run_journal (run_id, retention, seq, epoch, entries) VALUES ($1, 1, $2, 1, '[]'))
           UPDATE workflow_runs SET version = $2 WHERE retention = 1 AND id = $1`,
          [busy, ++written],
        );
      }
    })();
    while ((await left([over])).length > 0) await Promise.all([service.dropDue(days(42)), service.dropDue(days(42))]);
    isWriting = false;
    await writing;
    expect(await rowsOf('run_journal', busy)).toBe(written);
    expect((await pool.query(runSql, [busy, user])).rows).toMatchObject([{ version: written }]);
  });

  it('keeps for ever what is to be kept for ever', async () => {
    await ensurePartitions(pool, days(50));
    const eternal = await run(days(50), { retention: 0 });
    await service.dropDue(new Date());
    expect(await left([eternal])).toEqual([eternal]);
  });
});
