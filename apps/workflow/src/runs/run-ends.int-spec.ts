import { DatabaseConfig, EngineConfig, loadConfig } from '@app/config';
import { newId, type EndedRun, type RunProgressed } from '@app/contracts';
import { asStored, keyedPool, runColumns, toRunSummary, type RunRow } from '@app/database';
import type { CommandBus } from '@app/messaging';
import { GracefulShutdown, HealthService } from '@app/observability';
import { testDatabase, type TestDatabase } from '@app/testing';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimedRuns, commitOf } from '../../../../test/workflow/accepted-runs.js';
import type { ClaimedRun } from './claim/claimed-run.js';
import { RunWriter } from './run-writer.service.js';

let database: TestDatabase;
let pool: Pool;
let writer: RunWriter;
const progressed: RunProgressed[] = [];
const owner = newId();

beforeAll(async () => {
  database = await testDatabase();
  pool = keyedPool(loadConfig(DatabaseConfig, { DATABASE_URL: database.url }), 10);
  const publish = (name: string, payload: object): void => {
    if (name === 'run.progressed') progressed.push(payload as RunProgressed);
  };
  const bus = { publish } as unknown as CommandBus<'workflow'>;
  writer = new RunWriter(pool, bus, loadConfig(EngineConfig, {}), new GracefulShutdown(new HealthService()));
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

it('tells once which of the runs that a flush ended somebody waits for', async () => {
  progressed.length = 0;
  const runs = await claimedRuns(pool, owner, 4);
  const [quiet, first, second, fenced] = runs;
  if (!quiet || !first || !second || !fenced) throw new Error('not claimed');
  const next = { kind: 'finish' } as const;
  const end = (run: ClaimedRun, watched: boolean) =>
    writer.commit(commitOf(run, { next, status: 'completed', watched }));
  await Promise.allSettled([
    end(quiet, false),
    end(first, true),
    end(second, true),
    end({ ...fenced, epoch: 0 }, true),
  ]);
  expect(progressed.flatMap(({ run_ids }) => run_ids).sort()).toEqual([first.runId, second.runId].sort());
  expect(progressed.length).toBeLessThanOrEqual(2);
});

it('tells what came of a run, as whoever reads its row sees it, and of none that is long or in blob storage', async () => {
  const runs = await claimedRuns(pool, owner, 6);
  const [ordered, failed, long, kept, early, going] = runs as [
    ClaimedRun,
    ClaimedRun,
    ClaimedRun,
    ClaimedRun,
    ClaimedRun,
    ClaimedRun,
  ];
  const finish = { next: { kind: 'finish' }, watched: true } as const;
  const completed = { ...finish, status: 'completed' } as const;
  const error = { code: 'STEP_FAILED', message: 'Zu ß\n', kind: 'user', step_id: 'a' };
  const blob = { reference: { id: newId(), bytes: 1, sha256: 'x' }, runId: kept.runId, writer: kept.runId };
  await pool.query('INSERT INTO run_blobs (id, run_id, user_id, bytes) VALUES ($1, $2, $2, 1)', [
    blob.reference.id,
    kept.runId,
  ]);
  await writer.commit(commitOf(early, { status: 'running', startedAt: new Date('2026-01-02T03:04:05.678Z') }));
  progressed.length = 0;
  await Promise.all([
    writer.commit(commitOf(ordered, { ...completed, outputJson: '{"bb":[1e300,"\\u2028"],"a":{"__proto__":1}}' })),
    writer.commit(commitOf(failed, { ...finish, status: 'failed', errorJson: JSON.stringify(error) })),
    writer.commit(commitOf(long, { ...completed, outputJson: JSON.stringify('x'.repeat(8_192)) })),
    writer.commit(commitOf(kept, { ...completed, blobs: [{ ...blob, place: 'output' }] })),
    writer.commit(commitOf(early, { ...completed, seq: 2, outputJson: 'null' })),
    // Of one batch, and its row stays as it is.
    writer.commit(commitOf(going, { status: null })),
  ]);
  const told = new Map(
    progressed.flatMap(({ run_ids, ends = '' }) => {
      const lines = ends.split('\n');
      return run_ids.map((id, place) => [id, lines[place] ?? ''] as const);
    }),
  );
  expect([...told.keys()].sort()).toEqual([ordered, failed, long, kept, early].map(({ runId }) => runId).sort());
  expect([told.get(long.runId), told.get(kept.runId)]).toEqual(['', '']);
  const { rows } = await pool.query<RunRow & { output: unknown }>(
    `SELECT ${runColumns}, output FROM workflow_runs WHERE id = ANY ($1)`,
    [[ordered, failed, early].map(({ runId }) => runId)],
  );
  expect(rows).toHaveLength(3);
  for (const { output, ...shown } of rows) {
    const end = JSON.parse(told.get(shown.id) ?? '') as EndedRun;
    expect(JSON.stringify({ run: end.run, output: asStored(end.output) })).toBe(
      JSON.stringify({ run: toRunSummary(shown), output }),
    );
  }
});
