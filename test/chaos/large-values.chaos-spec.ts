import type { BlobReference } from '@app/contracts';
import { LocalFolder } from '@app/blobs';
import type { StepDefinition } from '@app/definition';
import { acceptRunsWithBlobsSql } from '@app/database';
import {
  eventually,
  sized,
  spawnService,
  temporaryFolder,
  testDatabase,
  testRedis,
  type TestDatabase,
} from '@app/testing';
import { readdirSync } from 'node:fs';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DirectRuns } from './support/direct-runs.js';
import { note } from './support/figures.js';
import { HeldStatement } from './support/held-statement.js';
import { Platform } from './support/platform.js';

/** Bytes of each large value. */
const SIZE = 100_000;
const PATIENCE = { timeoutMs: 60_000, everyMs: 20 };

let database: TestDatabase;
let pool: Pool;
let env: Record<string, string>;
let runs: DirectRuns;
let platform: Platform;
let crashes = 0;
const folder = temporaryFolder('blobs');
const storage = new LocalFolder(folder.path);

beforeAll(async () => {
  const redis = await testRedis();
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, max: 4 });
  runs = new DirectRuns(pool);
  await runs.createOwner();
  const common = {
    BLOB_FOLDER: folder.path,
    ENGINE_POLL_MS: '50',
    ENGINE_HEARTBEAT_MS: '100',
    ENGINE_ABORT_AFTER_MS: '400',
    ENGINE_LEASE_MS: '600',
    WORKER_CLEANUP_INTERVAL_SECONDS: '1',
  };
  env = { DATABASE_URL: database.url, REDIS_URL: redis.url, ...common };
  platform = new Platform({ databaseUrl: database.url, redisUrl: redis.url, env: common });
});
afterAll(async () => {
  await platform.stop();
  await pool.end();
  await database.drop();
  folder.remove();
});

const pad = (id: string, fill: string): StepDefinition => ({
  id,
  type: 'transform',
  config: { expression: `$pad("", ${SIZE - 2}, "${fill}")` },
});

/** Every reference in runs and journals. */
async function references(): Promise<(BlobReference & { run_id: string })[]> {
  const { rows } = await pool.query(`
    SELECT r.id AS run_id, v.blob FROM workflow_runs r, unnest(ARRAY[r.input_blob, r.output_blob]) AS v (blob)
    WHERE v.blob IS NOT NULL
    UNION ALL
    SELECT j.run_id, (e.entry->'output_blob')::jsonb FROM run_journal j, json_array_elements(j.entries) AS e (entry)
    WHERE e.entry->'output_blob' IS NOT NULL`);
  return rows.map(({ run_id, blob }: { run_id: string; blob: BlobReference }) => ({ ...blob, run_id }));
}

/** Whatever a row refers to is there, is whole, and is kept. */
async function nothingDangles(): Promise<number> {
  const found = await references();
  for (const { id, run_id, bytes } of found) {
    expect((await storage.get(id)).length).toBe(bytes);
    const { rows } = await pool.query('SELECT status FROM run_blobs WHERE id = $1 AND run_id = $2', [id, run_id]);
    expect(rows).toEqual([{ status: 'kept' }]);
  }
  return found.length;
}

const newBlobs = async (): Promise<number> =>
  (await pool.query(`SELECT FROM run_blobs WHERE status = 'new'`)).rowCount ?? -1;
const files = (): string[] =>
  readdirSync(folder.path, { recursive: true, encoding: 'utf8' }).filter((name) => name.length > 2);

describe.each(['commit.before', 'commit.after'] as const)('kill -9 at %s, after a large value was written', (point) => {
  it('loses nothing and leaves no reference without its value', async () => {
    const child = await runs.createWorkflow([
      { id: 'n', type: 'transform', config: { expression: '$length(input.text)' } },
    ]);
    const passes = sized({ ci: [1, 2], full: [1, 2, 3, 4, 5] });
    for (const pass of passes) {
      const workflow = await runs.createWorkflow([
        pad('a', 'a'),
        {
          id: 'call',
          type: 'workflow.run',
          config: { workflow_id: child, input: { text: '{{ steps.a.output & "!" }}' } },
        },
        pad('b', 'b'),
        {
          id: 'all',
          type: 'transform',
          config: { expression: '[$length(steps.a.output), steps.call.output, steps.b.output]' },
        },
      ]);
      const runId = await runs.accept(workflow);
      const armed = await spawnService('workflow', {
        env: { ...env, CRASH_AT: `${point}#${pass}` },
        waitUntilReady: false,
      });
      const first = await Promise.race([armed.exited, runs.endOf(runId).then(() => 'ended' as const)]);
      const isCrashed = (first === 'ended' ? await armed.stop() : first) === 'SIGKILL';
      if (isCrashed) crashes += 1;
      await nothingDangles();
      const successor = await spawnService('workflow', { env });
      try {
        expect(await runs.endOf(runId)).toMatchObject({ status: 'completed', output: null });
        const { rows } = await pool.query<{ output_blob: BlobReference }>(
          'SELECT output_blob FROM workflow_runs WHERE id = $1',
          [runId],
        );
        const output: unknown = JSON.parse((await storage.get(rows[0]!.output_blob.id)).toString());
        expect(output).toEqual([SIZE - 2, SIZE - 1, 'b'.repeat(SIZE - 2)]);
        expect(await nothingDangles()).toBeGreaterThan(0);
      } finally {
        await successor.kill();
      }
      if (!isCrashed) break;
    }
    expect(crashes).toBeGreaterThan(0);
  });
});

describe('kill -9 of a gateway that has written a large input', () => {
  const input = { text: 'i'.repeat(SIZE) };

  /** Kills it when PostgreSQL has its statement, and says what becomes of that. */
  async function killed(becomes: (held: HeldStatement, backend: number) => Promise<void>): Promise<string[]> {
    const gateway = await platform.spawn('gateway');
    const user = await platform.signUp();
    const workflowId = await user.createWorkflow({ name: 'w', trigger_type: 'manual', steps: [pad('a', 'a')] });
    const held = await HeldStatement.prepare(
      pool,
      'LOCK TABLE workflow_runs IN EXCLUSIVE MODE',
      acceptRunsWithBlobsSql,
    );
    const answer = user.call('POST', `/workflows/${workflowId}/execute`, { input }).then(
      () => 'answered',
      () => 'not answered',
    );
    const backend = await held.blocked();
    await gateway.kill();
    crashes += 1;
    expect(await answer).toBe('not answered');
    await becomes(held, backend);
    const { rows } = await pool.query<{ id: string }>('SELECT id FROM workflow_runs WHERE workflow_id = $1', [
      workflowId,
    ]);
    return rows.map(({ id }) => id);
  }

  it('before the commit: there is no run, and only an orphan is left', async () => {
    const before = await newBlobs();
    const found = await killed(async (held, backend) => {
      await pool.query('SELECT pg_terminate_backend($1)', [backend]);
      await held.release();
    });
    expect(found).toEqual([]);
    expect(await newBlobs()).toBe(before + 1);
  });

  it('between the commit and the answer: the run is there with its input', async () => {
    const found = await killed((held, backend) => held.finish(backend));
    expect(found).toHaveLength(1);
    const [reference] = (await references()).filter(({ run_id }) => run_id === found[0]);
    expect(JSON.parse((await storage.get(reference?.id ?? '')).toString())).toEqual(input);
    await nothingDangles();
  });
});

it('the worker sweeps the orphans once they are old enough, and nothing else', async (context) => {
  const orphans = await newBlobs();
  expect(orphans).toBeGreaterThan(1);
  const referred = new Set((await references()).map(({ id }) => id));
  expect(files().length).toBeGreaterThan(referred.size);
  await pool.query(`UPDATE run_blobs SET created_at = now() - interval '61 minutes'`);
  await platform.spawn('worker');
  await eventually(async () => (await newBlobs()) === 0 && files().length === referred.size, PATIENCE);
  expect(await nothingDangles()).toBeGreaterThan(0);
  note(context, { crashes, orphans, values: referred.size });
});
