import { DatabaseConfig, loadConfig, EngineConfig } from '@app/config';
import { newId, type JobRequest } from '@app/contracts';
import { keyedPool } from '@app/database';
import type { CommandBus } from '@app/messaging';
import { GracefulShutdown, HealthService } from '@app/observability';
import { testDatabase, type TestDatabase } from '@app/testing';
import type { Pool, QueryConfig } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodesOf, type PlanNode } from '../../../../test/workflow/plan.js';
import { acceptedRuns, claimedRuns, commitOf } from '../../../../test/workflow/accepted-runs.js';
import { claimAny } from '../../../../test/workflow/claim-any.js';
import type { ClaimedRun } from './claim/claimed-run.js';
import { RunWriter } from './run-writer.service.js';
import { commitRunsQuery, commitRunsStatement, partsOfBatches } from './store/commit-runs.js';
import { FencedError } from './store/fenced.error.js';
import type { RunCommit } from './store/run-commit.js';
import { loadHistories } from './store/run-history.js';

describe('RunWriter', () => {
  let database: TestDatabase;
  let pool: Pool;
  let writer: RunWriter;
  const published: string[] = [];
  const owner = newId();

  beforeAll(async () => {
    database = await testDatabase();
    pool = keyedPool(loadConfig(DatabaseConfig, { DATABASE_URL: database.url }), 10);
    const publish = (name: string): void => void published.push(name);
    const bus = { publish } as unknown as CommandBus<'workflow'>;
    writer = new RunWriter(pool, bus, loadConfig(EngineConfig, {}), new GracefulShutdown(new HealthService()));
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const claimed = (count = 1, claimer = owner): Promise<ClaimedRun[]> => claimedRuns(pool, claimer, count);
  const one = async (): Promise<ClaimedRun> => (await claimed())[0] as ClaimedRun;
  const claim = async (id: string): Promise<Record<string, unknown> | undefined> =>
    (await pool.query<Record<string, unknown>>('SELECT *, run_at::text AS due FROM claims WHERE run_id = $1', [id]))
      .rows[0];
  const row = async (id: string): Promise<Record<string, unknown> | undefined> =>
    (await pool.query<Record<string, unknown>>('SELECT * FROM workflow_runs WHERE id = $1', [id])).rows[0];

  it('journals for the owner, and finishing removes the claim', async () => {
    const run = await one();
    await writer.commit(commitOf(run, { status: 'running' }));
    expect(await row(run.runId)).toMatchObject({ status: 'running', started_at: run.claimedAt });
    await writer.commit(
      commitOf(run, { seq: 2, next: { kind: 'finish' }, status: 'completed', outputJson: '{"x":1}' }),
    );
    expect(await row(run.runId)).toMatchObject({
      status: 'completed',
      output: { x: 1 },
      completed_at: expect.any(Date),
    });
    expect(await claim(run.runId)).toBeUndefined();
    const history = (await loadHistories(pool, [run.runId])).get(run.runId);
    expect(history).toMatchObject({ nextSeq: 3, entries: [{ type: 'step.skipped' }, { type: 'step.skipped' }] });
  });

  it('has a statement that PostgreSQL understands for every kind of batch', async () => {
    const subsets = <T>(all: readonly T[]): T[][] =>
      all.reduce<T[][]>((sets, part) => [...sets, ...sets.map((set) => [...set, part])], [[]]);
    const statements = new Map(
      partsOfBatches
        .flatMap((parts) => subsets(parts).map(commitRunsStatement))
        .map(({ name, text }) => [name, text] as const),
    );
    expect(statements.size).toBe(256);
    // PostgreSQL cuts longer names off, and would take one statement for another.
    expect([...statements.keys()].filter((name) => `${name}?`.length > 63)).toEqual([]);
    for (const [name, text] of statements) await pool.query(`PREPARE "${name}?" AS ${text}`);
  });

  it('writes nothing of a run that refers to a blob which was swept, and all of the others in its batch', async () => {
    const [good, late] = await claimed(2);
    if (!good || !late) throw new Error('not claimed');
    const with1 = async (run: ClaimedRun, status: string): Promise<RunCommit> => {
      const reference = { id: newId(), bytes: 1, sha256: 'x' };
      await pool.query('INSERT INTO run_blobs (id, run_id, user_id, bytes, status) VALUES ($1, $2, $2, 1, $3)', [
        reference.id,
        run.runId,
        status,
      ]);
      const refers = { reference, runId: run.runId, writer: run.runId };
      const blobs = [{ ...refers, place: 'journal' } as const, { ...refers, place: 'output' } as const];
      return commitOf(run, { next: { kind: 'finish' }, status: 'completed', blobs });
    };
    const written = [await with1(good, 'new'), await with1(late, 'doomed')];
    const [first, second] = await Promise.allSettled(written.map((each) => writer.commit(each)));
    expect([first?.status, second]).toEqual(['fulfilled', { status: 'rejected', reason: expect.any(FencedError) }]);
    expect(await row(good.runId)).toMatchObject({
      status: 'completed',
      output_blob: written[0]?.blobs?.[0]?.reference,
    });
    expect(await row(late.runId)).toMatchObject({ status: 'pending', output_blob: null });
    expect(await claim(late.runId)).toMatchObject({ owner });
    const statuses = 'SELECT status FROM run_blobs WHERE run_id = ANY($1) ORDER BY status';
    expect((await pool.query(statuses, [[good.runId, late.runId]])).rows).toEqual([
      { status: 'doomed' },
      { status: 'kept' },
    ]);
  });

  it('writes nothing of a run whose blob is being swept at this moment', async () => {
    const run = await one();
    const reference = { id: newId(), bytes: 1, sha256: 'x' };
    const added = `INSERT INTO run_blobs (id, run_id, user_id, bytes, status) VALUES ($1, $2, $2, 1, 'new')`;
    await pool.query(added, [reference.id, run.runId]);
    const sweep = await pool.connect();
    await sweep.query('BEGIN');
    await sweep.query(`UPDATE run_blobs SET status = 'doomed' WHERE id = $1`, [reference.id]);
    const refers = { reference, runId: run.runId, writer: run.runId, place: 'output' } as const;
    const written = writer.commit(commitOf(run, { next: { kind: 'finish' }, status: 'completed', blobs: [refers] }));
    const [refused] = await Promise.all([
      Promise.allSettled([written]),
      (async () => {
        const blocked = `SELECT FROM pg_stat_activity WHERE pg_blocking_pids(pid) <> '{}' AND datname = current_database()`;
        await expect.poll(async () => (await pool.query(blocked)).rowCount, { timeout: 10_000 }).toBe(1);
        await sweep.query('COMMIT');
        sweep.release();
      })(),
    ]);
    expect(refused).toEqual([{ status: 'rejected', reason: expect.any(FencedError) }]);
    expect(await row(run.runId)).toMatchObject({ status: 'pending', output_blob: null });
    expect(await claim(run.runId)).toMatchObject({ owner });
  });

  it('changes content once for each run of a batch, and not again when the batch is repeated', async () => {
    const [userId, contentId] = [newId(), newId()];
    await pool.query(`INSERT INTO users (id, email, name) VALUES ($1::uuid, $1::text || '@example.com', 'A')`, [
      userId,
    ]);
    const changing = (run: ClaimedRun, op: 'create' | 'update', title: string): RunCommit => {
      const actor = { kind: 'system', id: userId } as const;
      const change = { op, contentId, userId, actor, depth: 1, fields: { type: 'note', title } };
      return commitOf(run, { contentChanges: [{ jobId: newId(), type: `content.${op}`, path: 'a', change }] });
    };
    const titles = async (): Promise<string[]> =>
      (
        await pool.query<{ title: string }>(
          'SELECT title FROM content_revisions WHERE content_id = $1 ORDER BY version',
          [contentId],
        )
      ).rows.map(({ title }) => title);
    const [maker, ...others] = await claimed(21);
    if (maker === undefined) throw new Error('not claimed');
    const created = changing(maker, 'create', 'made');
    await writer.commit(created);
    const rows = others.map((run, n) => changing(run, 'update', `changed ${n}`));
    await Promise.all(rows.map((each) => writer.commit(each)));
    const after = await titles();
    expect(after.toSorted()).toEqual([...others.map((_, n) => `changed ${n}`), 'made'].toSorted());
    for (const each of [created, ...rows]) await pool.query(commitRunsQuery(owner, [each]));
    expect(await titles()).toEqual(after);
    const { rows: told } = await pool.query('SELECT result FROM jobs WHERE user_id = $1', [userId]);
    expect(new Set(told.map(({ result }) => result.data.version)).size).toBe(21);
    const { rowCount } = await pool.query('SELECT FROM events WHERE user_id = $1', [userId]);
    expect(rowCount).toBe(21);
  });

  it('refuses another owner and an older epoch, and changes nothing for them', async () => {
    const run = await one();
    const strangers = [commitOf({ ...run, owner: newId() }), commitOf({ ...run, epoch: run.epoch - 1 })];
    for (const stranger of strangers) {
      const finish = { ...stranger, next: { kind: 'finish' } as const, status: 'completed' as const };
      await expect(writer.commit(finish)).rejects.toBeInstanceOf(FencedError);
    }
    expect(await row(run.runId)).toMatchObject({ status: 'pending' });
    expect(await claim(run.runId)).toMatchObject({ owner });
    expect((await loadHistories(pool, [run.runId])).get(run.runId)?.entries).toEqual([]);
  });

  it('parks until a time, and makes a run due at once that somebody woke meanwhile', async () => {
    const [quiet, woken, cancelled] = await claimed(3);
    if (quiet === undefined || woken === undefined || cancelled === undefined) throw new Error('not claimed');
    await pool.query('UPDATE claims SET woken = true WHERE run_id = $1', [woken.runId]);
    await pool.query('UPDATE claims SET cancel_requested_at = now() WHERE run_id = $1', [cancelled.runId]);
    const next = { kind: 'park', until: null, inDoubt: false } as const;
    await Promise.all(
      [quiet, woken, cancelled].map((run) => writer.commit(commitOf(run, { next, status: 'waiting' }))),
    );
    expect(await claim(quiet.runId)).toMatchObject({ owner: null, due: 'infinity' });
    const again = (await claimAny(pool, owner, 1_000)).map(({ runId }) => runId);
    expect(again).toEqual(expect.arrayContaining([woken.runId, cancelled.runId]));
    expect(again).not.toContain(quiet.runId);
  });

  it('writes a job with the journal or not at all', async () => {
    const run = await one();
    const job: JobRequest = {
      id: newId(),
      type: 'email.send',
      path: 'm',
      payload: { to: ['a@example.com'], subject: 's', text: 't', message_id: 'x@y' },
    };
    await expect(writer.commit(commitOf({ ...run, epoch: 9 }, { jobs: [job] }))).rejects.toBeInstanceOf(FencedError);
    const count = 'SELECT count(*)::int AS n FROM jobs WHERE id = $1';
    expect((await pool.query<{ n: number }>(count, [job.id])).rows[0]?.n).toBe(0);
    published.length = 0;
    await writer.commit(commitOf(run, { jobs: [job] }));
    expect((await pool.query<{ n: number }>(count, [job.id])).rows[0]?.n).toBe(1);
    expect(published).toEqual(['jobs.waiting']);
  });

  it('tells those whose programs wait for a task that there is one', async () => {
    const run = await one();
    const step = { run_id: run.runId, path: 'do', attempt: 1 };
    const payload = { queue: 'q', input: null, effect: 'unsafe', idempotency_key: 'k', step } as const;
    published.length = 0;
    await writer.commit(commitOf(run, { jobs: [{ id: newId(), type: 'external.task', path: 'do', payload }] }));
    expect(published).toContain('tasks.waiting');
  });

  it('accepts an event with the journal or not at all, and has it dispatched once', async () => {
    const run = await one();
    const event = { specversion: '1.0' as const, id: 'e', source: '/s', type: 't', data: { n: 1 } };
    const events = [{ id: newId(), event, depth: 3 }];
    await expect(writer.commit(commitOf({ ...run, epoch: 9 }, { events }))).rejects.toBeInstanceOf(FencedError);
    const sent = `SELECT e.user_id, e.run_id, e.event_id, e.event, e.depth, p.id IS NOT NULL AS is_pending
      FROM events e LEFT JOIN pending_events p ON p.id = e.id WHERE e.id = $1`;
    const read = async () => (await pool.query(sent, [events[0]?.id])).rows;
    expect(await read()).toEqual([]);
    published.length = 0;
    await writer.commit(commitOf(run, { events }));
    const written = { user_id: run.userId, run_id: run.runId, event_id: 'e', event, depth: 3 };
    expect(await read()).toEqual([{ ...written, is_pending: true }]);
    expect(published).toEqual(['events.waiting']);
    // The batch is sent again by somebody who does not know that it was committed, and has been dispatched since.
    await pool.query('DELETE FROM pending_events WHERE id = $1', [events[0]?.id]);
    await writer.commit(commitOf(run, { events }));
    expect(await read()).toEqual([{ ...written, is_pending: false }]);
  });

  it('writes a wait once, and forgets those that are over: some, or all of a run', async () => {
    const run = await one();
    const [first, second, third] = [newId(), newId(), newId()].map((id) => ({
      id,
      path: 'a',
      type: 't',
      source: null,
      filter: 'event.x = y',
      context: { y: 1 },
    }));
    if (!first || !second || !third) throw new Error('no ids');
    const waits = async () => {
      const sql = 'SELECT id, user_id, context FROM event_waits WHERE run_id = $1 ORDER BY id';
      return (await pool.query(sql, [run.runId])).rows;
    };
    const shown = ({ id }: { id: string }) => ({ id, user_id: run.userId, context: { y: 1 } });
    await writer.commit(commitOf(run, { eventWaits: [first, second, third] }));
    expect(await waits()).toEqual([first, second, third].map(shown));
    // An event ends one, and somebody who does not know that the batch was committed sends it again.
    await pool.query('DELETE FROM event_waits WHERE id = $1', [first.id]);
    await writer.commit(commitOf(run, { eventWaits: [first, second, third] }));
    expect(await waits()).toEqual([second, third].map(shown));
    await writer.commit(commitOf(run, { seq: 2, unwanted: { jobs: [], children: [], eventWaits: [second.id] } }));
    expect(await waits()).toEqual([shown(third)]);
    const over = {
      next: { kind: 'finish' },
      status: 'failed',
      unwanted: { jobs: [], children: [], eventWaits: 'all' },
    };
    await writer.commit(commitOf(run, { seq: 3, ...(over as Partial<RunCommit>) }));
    expect(await waits()).toEqual([]);
  });

  it('is fair: a row that PostgreSQL refuses fails alone', async () => {
    const runs = await claimed(20);
    const results = await Promise.allSettled(
      runs.map((run, i) => writer.commit(commitOf(run, i === 7 ? { entriesJson: '[not json' } : {}))),
    );
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(results[7]?.status).toBe('rejected');
  });

  it('accepts a batch again whose first sending was committed without an answer', async () => {
    const run = await one();
    let isFirst = true;
    const flaky = new Proxy(pool, {
      get: (target, name) => {
        if (name !== 'query') return Reflect.get(target, name) as unknown;
        return async (config: QueryConfig, values?: unknown[]) => {
          const result = await target.query(config, values);
          if (isFirst) {
            isFirst = false;
            throw Object.assign(new Error('Connection terminated'), { code: 'ECONNRESET' });
          }
          return result;
        };
      },
    });
    const shutdown = new GracefulShutdown(new HealthService());
    const bus = { publish: () => undefined } as unknown as CommandBus<'workflow'>;
    const second = new RunWriter(flaky, bus, loadConfig(EngineConfig, {}), shutdown);
    await second.commit(commitOf(run, { next: { kind: 'finish' }, status: 'completed', outputJson: '1' }));
    expect(await row(run.runId)).toMatchObject({ status: 'completed' });
  });

  it('plans each batch once, and every row by its key, also while tables are empty', async () => {
    const empty = await testDatabase();
    const planning = keyedPool(loadConfig(DatabaseConfig, { DATABASE_URL: empty.url }), 1);
    await planning.query('VACUUM ANALYZE');
    const [plain = [], withBlobs = []] = partsOfBatches;
    for (const parts of [[], plain, withBlobs]) {
      const { text } = commitRunsStatement(parts);
      const { rows } = await planning.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
        `EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${text}`,
      );
      const nodes = rows.flatMap((explained) => nodesOf(explained['QUERY PLAN'][0].Plan));
      const scans = nodes.filter(
        (node) => node['Relation Name'] !== undefined && !/^(ModifyTable|LockRows)$/.test(node['Node Type']),
      );
      expect(scans.map((node) => node['Node Type'])).not.toContain('Seq Scan');
      // Nothing of any partition is planned.
      expect(scans.filter((node) => node['Relation Name']?.startsWith('workflow_runs_'))).toEqual([]);
    }
    await planning.end();
    await empty.drop();
  });

  it('gives each run to one of many claimers', async () => {
    await acceptedRuns(pool, 200);
    const batches = await Promise.all(Array.from({ length: 8 }, () => claimAny(pool, newId(), 50)));
    const taken = batches.flat().map(({ runId }) => runId);
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken.length).toBeGreaterThanOrEqual(200);
  });
});
