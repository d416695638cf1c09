import { firstIdAt, newId } from '@app/contracts';
import { acceptRuns, ensurePartitions } from '@app/database';
import { eventually } from '@app/testing';
import { createHash } from 'node:crypto';
import { renameSync } from 'node:fs';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RetentionService } from '../../apps/workflow/src/history/retention/retention.service.js';
import type { TestUser } from '../gateway/test-gateway.js';
import { fileOf, WholePlatform } from './whole-platform.js';

/** 90,000 bytes of JSON in 30,000 characters: over the limit only when bytes are counted. */
const large = { text: '€'.repeat(30_000) };
const LARGE_SIZE = 90_011;

const transform = (id: string, expression: string): object => ({ id, type: 'transform', config: { expression } });
const failing = { id: 'bad', type: 'fail', config: { message: 'no' } };

let platform: WholePlatform;
let user: TestUser;

beforeAll(async () => {
  platform = await WholePlatform.start();
  user = await platform.gateway.signUp();
});
afterAll(() => platform.stop());

async function execute(workflowId: string, input: unknown = large): Promise<string> {
  const { status, body } = await user.call('POST', `/workflows/${workflowId}/execute`, { input });
  expect(status, JSON.stringify(body)).toBe(202);
  return body.run_id as string;
}

async function ended(steps: object[], input: unknown = large, status = 'completed') {
  const runId = await execute(await platform.createWorkflow(user, { steps }), input);
  return { runId, run: await platform.becomes(user, runId, status) };
}

const outputsOf = async (runId: string): Promise<Record<string, unknown>> => {
  const { body } = await user.call('GET', `/runs/${runId}/steps`);
  return Object.fromEntries(body.data.map((step: { path: string; output: unknown }) => [step.path, step.output]));
};
const remove = async (runId: string): Promise<void> =>
  expect((await user.call('DELETE', `/runs/${runId}`)).status).toBe(204);

describe('large values of a run', () => {
  it('are shown and seen by expressions like any other, and are one blob when they are the same', async () => {
    const choice = { id: 'c', type: 'switch', config: { cases: [{ if: 'true', steps: [transform('d', 'input')] }] } };
    const { runId, run } = await ended([
      transform('a', 'input'),
      transform('n', '$length(steps.a.output.text)'),
      choice,
    ]);
    expect(run).toMatchObject({ input: large, output: large });
    expect(await outputsOf(runId)).toEqual({ a: large, n: 30_000, c: large, 'c.d': large });
    const row = await platform.rowOf(runId);
    expect(row).toMatchObject({ input: null, output: null, input_blob: { bytes: LARGE_SIZE } });
    expect(row.output_blob).toEqual(row.input_blob);
    expect(await platform.blobsOf(runId)).toEqual([{ id: row.input_blob?.id, status: 'kept' }]);
    const journal = 'SELECT sum(length(entries::text))::int AS size FROM run_journal WHERE run_id = $1';
    expect((await platform.gateway.pool.query(journal, [runId])).rows[0].size).toBeLessThan(3_000);
  });

  it('are there when a run goes on after it was parked, those of containers and bare texts too', async () => {
    const each = {
      id: 'e',
      type: 'foreach',
      config: { items: '["a", "b"]', steps: [transform('t', 'item & input.text')] },
    };
    const { runId, run } = await ended([
      each,
      transform('text', 'input.text'),
      { id: 'wait', type: 'delay', config: { for_ms: 50 } },
      transform('sizes', '[$length(steps.e.output[1]), $length(steps.text.output), $length(input.text)]'),
    ]);
    expect(run.output).toEqual([30_001, 30_000, 30_000]);
    expect((await outputsOf(runId))['e']).toEqual(['a', 'b'].map((item) => item + large.text));
    expect((await platform.blobsOf(runId)).map(({ status }) => status)).toEqual(Array(5).fill('kept'));
  });

  it('pass from a run to the one that it starts and back, through a signal, and with an event', async () => {
    const child = await platform.createWorkflow(user, { steps: [transform('x', 'input')] });
    const call = { id: 'call', type: 'workflow.run', config: { workflow_id: child, input: '{{ input }}' } };
    const parent = await ended([call]);
    expect(parent.run.output).toEqual(large);
    const { rows } = await platform.gateway.pool.query('SELECT id FROM workflow_runs WHERE workflow_id = $1', [child]);
    expect(await platform.rowOf(rows[0].id)).toMatchObject({ input: null, input_blob: { bytes: LARGE_SIZE } });
    expect(await platform.blobsOf(rows[0].id)).toMatchObject([{ status: 'kept' }]);

    const waiting = [{ id: 's', type: 'wait.signal', config: { name: 'go' } }];
    const signalled = await ended(waiting, {}, 'waiting');
    await user.call('POST', `/runs/${signalled.runId}/signals/go`, { payload: large });
    expect(await platform.becomes(user, signalled.runId, 'completed')).toMatchObject({ output: { payload: large } });
    expect(await platform.blobsOf(signalled.runId)).toMatchObject([{ status: 'kept' }]);

    const config = { trigger: { type: 'large.made' } };
    const steps = [transform('x', 'input.data')];
    const byEvent = await platform.createWorkflow(user, { trigger_type: 'event', config, steps });
    await user.call('POST', `/workflows/${byEvent}/activate`);
    const event = { specversion: '1.0', id: newId(), source: '/t', type: 'large.made', data: large };
    const headers = { 'content-type': 'application/cloudevents+json' };
    expect((await user.call('POST', '/events', JSON.stringify(event), headers)).status).toBe(202);
    const started = await eventually(
      async () => (await user.call('GET', `/workflows/${byEvent}/runs`)).body.data[0]?.id as string | undefined,
    );
    expect(await platform.becomes(user, started, 'completed')).toMatchObject({ input: event, output: large });
    expect((await platform.rowOf(started)).input).toBeNull();
  });

  it('are seen by the key of a limit, and are outputs of limited runs', async () => {
    const rate = { max: 100, per_ms: 100, key: '$length(input.text)' };
    const config = { limits: { rate, concurrency: { max: 1 } } };
    const workflowId = await platform.createWorkflow(user, { config, steps: [transform('x', 'input')] });
    // The commit that gives the slot up refers to the output.
    expect(await platform.becomes(user, await execute(workflowId), 'completed')).toMatchObject({ output: large });
    const counted = 'SELECT key FROM rate_starts WHERE workflow_id = $1';
    const { rows } = await platform.gateway.pool.query<{ key: string }>(counted, [workflowId]);
    const key = createHash('sha256').update('30000').digest('base64url');
    expect(new Set(rows.map((row) => row.key))).toEqual(new Set([key]));
  });

  it('are the answer of a webhook', async () => {
    const config = { trigger: { respond: 'output' } };
    const steps = [transform('x', 'input.body')];
    const id = await platform.createWorkflow(user, { trigger_type: 'webhook', config, steps });
    const { body } = await user.call('POST', `/workflows/${id}/activate`);
    const url = new URL(body.hook_url).pathname;
    const answer = await platform.gateway.request({ method: 'POST', url, payload: large });
    expect(answer).toMatchObject({ status: 200, body: large });
  });

  it('stay in their rows while the storage cannot be written', async () => {
    const { storage } = platform.values as unknown as { storage: { put: () => Promise<void> } };
    const gateway = platform.gateway.app.get<{ storage: { put?: unknown } }>(platform.values.constructor, {
      strict: false,
    });
    const full = (): Promise<void> => Promise.reject(new Error('ENOSPC'));
    Object.assign(storage, { put: full });
    Object.assign(gateway.storage, { put: full });
    try {
      const { runId, run } = await ended([transform('x', 'input.text')]);
      expect(run).toMatchObject({ input: large, output: large.text });
      expect(await platform.rowOf(runId)).toMatchObject({ input: large, input_blob: null, output_blob: null });
    } finally {
      Reflect.deleteProperty(storage, 'put');
      Reflect.deleteProperty(gateway.storage, 'put');
    }
  });

  it('that cannot be read are a 503, and the run that needs them goes on when they can be', async () => {
    const steps = [{ id: 's', type: 'wait.signal', config: { name: 'go' } }, transform('x', '$length(input.text)')];
    const { runId } = await ended(steps, large, 'waiting');
    const file = fileOf((await platform.rowOf(runId)).input_blob?.id ?? '');
    renameSync(file, `${file}.away`);
    const answer = await user.call('GET', `/runs/${runId}`);
    expect(answer).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } });
    await user.call('POST', `/runs/${runId}/signals/go`, {});
    const claims = 'SELECT epoch FROM claims WHERE run_id = $1 AND owner IS NULL AND epoch > 1';
    await eventually(async () => (await platform.gateway.pool.query(claims, [runId])).rowCount === 1);
    renameSync(`${file}.away`, file);
    expect(await platform.becomes(user, runId, 'completed')).toMatchObject({ output: 30_000 });
  });

  it('that take long to be read keep their run: whoever has claimed it has not forgotten it', async () => {
    const looks = vi.spyOn(platform.workflow.get(Pool, { strict: false }), 'query');
    const countOf = (name: string): number =>
      looks.mock.calls.filter(([query]) => (query as unknown as { name?: string }).name === name).length;
    const read = vi.spyOn(platform.values, 'read').mockImplementationOnce(async () => {
      const before = countOf('owned-runs');
      await eventually(() => countOf('owned-runs') >= before + 3);
      return large;
    });
    const { runId } = await ended([transform('x', '$length(input.text)'), { ...failing, if: 'false' }]);
    expect(read).toHaveBeenCalled();
    const journal = 'SELECT DISTINCT epoch FROM run_journal WHERE run_id = $1';
    expect((await platform.gateway.pool.query(journal, [runId])).rows).toEqual([{ epoch: 1 }]);
    looks.mockRestore();
    read.mockRestore();
  });
});

describe('the sweep of large values', () => {
  it('takes those of a run that was deleted, and leaves those that a retry shares until it is deleted too', async () => {
    const { runId } = await ended([transform('a', 'input.text & "!"'), failing], large, 'failed');
    const { body } = await user.call('POST', `/runs/${runId}/retry`, { from: 'failed' });
    await platform.becomes(user, body.run_id, 'failed');
    const blobs = (await platform.blobsOf(runId)).map(({ id }) => id);
    expect(blobs).toHaveLength(2);
    expect((await platform.blobsOf(body.run_id)).map(({ id }) => id)).toEqual(blobs);
    await remove(runId);
    await platform.sweep();
    expect(await platform.blobsOf(runId)).toEqual([]);
    expect(blobs.map((id) => platform.isStored(id))).toEqual([true, true]);
    expect((await user.call('GET', `/runs/${body.run_id}`)).body.input).toEqual(large);
    expect((await outputsOf(body.run_id))['a']).toBe(`${large.text}!`);
    await remove(body.run_id);
    await platform.sweep();
    expect(await platform.blobsOf(body.run_id)).toEqual([]);
    expect(blobs.map((id) => platform.isStored(id))).toEqual([false, false]);
  });

  it('takes what was never referred to after the grace, by the clock of PostgreSQL, and nothing else', async () => {
    const { runId } = await ended([transform('x', 'input')]);
    const owner = { runId: newId(), userId: user.id };
    const [young, old, part] = await Promise.all(
      [1, 2, 3].map(() => platform.values.keep(owner, JSON.stringify(large))),
    );
    if (!young || !old || !part) throw new Error('not kept');
    const { pool } = platform.gateway;
    // Somebody ended after the row, and before the file had its name.
    renameSync(fileOf(part.id), `${fileOf(part.id)}.part`);
    const age = `UPDATE run_blobs SET created_at = now() - interval '61 minutes' WHERE id = ANY($1)`;
    await pool.query(age, [[old.id, part.id, ...(await platform.blobsOf(runId)).map(({ id }) => id)]]);
    await platform.sweep();
    expect(await platform.blobsOf(owner.runId)).toEqual([{ id: young.id, status: 'new' }]);
    expect([young, old].map(({ id }) => platform.isStored(id))).toEqual([true, false]);
    expect((await user.call('GET', `/runs/${runId}`)).body.output).toEqual(large);
  });

  it('goes on where one before it ended, and again when the storage could not be changed', async () => {
    const owner = { runId: newId(), userId: user.id };
    const blob = await platform.values.keep(owner, JSON.stringify(large));
    await platform.gateway.pool.query(`UPDATE run_blobs SET status = 'doomed' WHERE run_id = $1`, [owner.runId]);
    Object.assign(platform.storage, { delete: () => Promise.reject(new Error('EROFS')) });
    await platform.sweep();
    expect(await platform.blobsOf(owner.runId)).toMatchObject([{ status: 'doomed' }]);
    Reflect.deleteProperty(platform.storage, 'delete');
    // The process before has removed the blob and ended before it could forget the row.
    await platform.storage.delete(blob?.id ?? '');
    await platform.sweep();
    expect(await platform.blobsOf(owner.runId)).toEqual([]);
  });

  it('cannot take what is being referred to, and what it took cannot be referred to', async () => {
    const { pool } = platform.gateway;
    const workflowId = await platform.createWorkflow(user, {
      steps: [{ id: 's', type: 'wait.signal', config: { name: 'go' } }],
    });
    const request = async () => {
      const id = newId();
      const inputBlob = await platform.values.keep({ runId: id, userId: user.id }, JSON.stringify(large));
      await pool.query(`UPDATE run_blobs SET created_at = now() - interval '1 day' WHERE run_id = $1`, [id]);
      const trigger = { type: 'manual' as const };
      const rest = { correlationId: null, tags: [], needsActive: false, dedupeKey: null };
      return { id, workflowId, userId: user.id, trigger, inputJson: null, inputBlob, ...rest };
    };
    const [held, late] = [await request(), await request()];
    const client = await pool.connect();
    await client.query('BEGIN');
    await acceptRuns(client, [held]);
    await platform.cleanup.cleanUp();
    await client.query('COMMIT');
    client.release();
    expect(await platform.blobsOf(held.id)).toMatchObject([{ status: 'kept' }]);
    expect((await user.call('GET', `/runs/${held.id}`)).body.input).toEqual(large);
    expect(await platform.blobsOf(late.id)).toEqual([]);
    await expect(acceptRuns(pool, [late])).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect((await user.call('GET', `/runs/${late.id}`)).status).toBe(404);
  });

  it('takes those of runs whose history was dropped, and leaves those of runs that were moved on', async () => {
    const { pool } = platform.gateway;
    const day = 86_400_000;
    const old = Date.UTC(2020, 0, 1, 12);
    await ensurePartitions(pool, new Date(old));
    const [dropped, parked] = [1, 2].map((n) => firstIdAt(old).slice(0, -1) + n) as [string, string];
    for (const id of [dropped, parked]) {
      const blob = await platform.values.keep({ runId: id, userId: user.id }, JSON.stringify(large));
      await pool.query(
        `INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, trigger, status, input_blob, completed_at)
         VALUES ($1, 1, $1, 1, $2, '{}', 'completed', $3, $4)`,
        [id, user.id, blob, new Date(old)],
      );
      await pool.query(`UPDATE run_blobs SET status = 'kept' WHERE run_id = $1`, [id]);
    }
    await pool.query(
      `INSERT INTO claims (run_id, retention, workflow_id, version, user_id, run_at) VALUES ($1, 1, $1, 1, $2, 'infinity')`,
      [parked, user.id],
    );
    const [gone] = await platform.blobsOf(dropped);
    await platform.sweep();
    expect(await platform.blobsOf(dropped)).toHaveLength(1);
    await platform.workflow.get(RetentionService).dropDue(new Date(old + 3 * day));
    await platform.sweep();
    expect(await platform.blobsOf(dropped)).toEqual([]);
    expect(platform.isStored(gone?.id ?? '')).toBe(false);
    expect((await user.call('GET', `/runs/${parked}`)).body.input).toEqual(large);
    await pool.query('DELETE FROM claims WHERE run_id = $1', [parked]);
  });

  it('has taken everything of an account before it says that it is erased', async () => {
    const leaving = await platform.gateway.signUp();
    const workflowId = await platform.createWorkflow(leaving, { steps: [transform('x', 'input')] });
    const { body } = await leaving.call('POST', `/workflows/${workflowId}/execute`, { input: large });
    await platform.becomes(leaving, body.run_id, 'completed');
    const abandoned = await platform.values.keep({ runId: newId(), userId: leaving.id }, JSON.stringify(large));
    const blobs = [...(await platform.blobsOf(body.run_id)), abandoned].map((blob) => blob?.id ?? '');
    const { pool } = platform.gateway;
    await pool.query(`UPDATE users SET deletion_due_at = now() - interval '1 day' WHERE id = $1`, [leaving.id]);
    const exists = async () => (await pool.query('SELECT FROM users WHERE id = $1', [leaving.id])).rowCount === 1;
    Object.assign(platform.storage, { delete: () => Promise.reject(new Error('EROFS')) });
    await platform.cleanup.cleanUp();
    Reflect.deleteProperty(platform.storage, 'delete');
    expect(await exists()).toBe(true);
    await platform.cleanup.cleanUp();
    expect(await exists()).toBe(false);
    expect(blobs.map((id) => platform.isStored(id))).toEqual(blobs.map(() => false));
    expect((await pool.query('SELECT FROM run_blobs WHERE user_id = $1', [leaving.id])).rowCount).toBe(0);
  });
});
