import type { JournalEntry } from '@app/contracts';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { definition } from '../../../../../test/gateway/definitions.js';
import { PlayedEngine } from '../../../../../test/gateway/played-engine.js';
import { TestGateway, type Answer, type TestUser } from '../../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;
let workflowId: string;
const step = (id: string, expression = '1') => ({ id, type: 'transform', config: { expression } });
const steps = [step('a'), step('b')];

beforeAll(async () => (gateway = await TestGateway.start()));
afterAll(() => gateway.stop());
beforeEach(async () => {
  user = await gateway.signUp();
  workflowId = (await user.call('POST', '/workflows', definition({ steps }))).body.id;
});

const completed = (path: string): JournalEntry => ({
  type: 'step.completed',
  path,
  at: 1,
  attempt: 1,
  started_at: 1,
  output: path,
});
const doubtful: JournalEntry[] = [
  { type: 'step.started', path: 'b', at: 1, attempt: 1, effect: 'unsafe' },
  { type: 'step.in_doubt', path: 'b', at: 2, attempt: 1, reason: 'lost' },
];

/** A run that has ended like this, after these entries. */
async function ended(status: 'completed' | 'failed' | 'cancelled', ...entries: JournalEntry[]): Promise<string> {
  const { body } = await user.call('POST', `/workflows/${workflowId}/execute`, { input: { n: 1 }, tags: ['x'] });
  const engine = new PlayedEngine(gateway.pool, body.run_id);
  if (entries.length > 0) await engine.journal(...entries);
  await engine.finish(status);
  return body.run_id;
}

const retry = (more: object = {}, headers?: Record<string, string>): Promise<Answer> =>
  user.call('POST', '/runs/bulk', { filter: {}, action: 'retry', ...more }, headers);

/** The runs that were made for a run, with the first step that each begins with. */
async function retriesOf(runId: string): Promise<{ id: string; version: number; done: string[] }[]> {
  const { rows } = await gateway.pool.query(
    `SELECT r.id, r.version,
            ARRAY(SELECT e->>'path' FROM run_journal j, json_array_elements(j.entries) e WHERE j.run_id = r.id) AS done
     FROM workflow_runs r JOIN claims c ON c.run_id = r.id WHERE r.retry_of = $1`,
    [runId],
  );
  return rows;
}

describe('POST /runs/bulk with the action retry', () => {
  it('retries failed runs as POST /runs/:id/retry does, and each once', async () => {
    const old = [await ended('failed', completed('a')), await ended('failed')];
    const others = [await ended('completed', completed('a')), await ended('cancelled')];
    const counts = { action: 'retry', matched: 2, accepted: 2, skipped: 0, refused: [], more: false };
    expect(await retry({ filter: { tag: 'x' } })).toMatchObject({ status: 202, body: counts });
    const [first] = await retriesOf(old[0] ?? '');
    expect(first).toMatchObject({ version: 1, done: ['a'] });
    expect((await user.call('GET', `/runs/${first?.id}`)).body).toMatchObject({
      retry_of: old[0],
      trigger: { type: 'retry', run_id: old[0] },
      input: { n: 1 },
      tags: ['x'],
    });
    expect(await retriesOf(old[1] ?? '')).toMatchObject([{ done: [] }]);
    expect(await Promise.all(others.map(retriesOf))).toEqual([[], []]);

    expect((await retry()).body).toEqual({ ...counts, accepted: 0, skipped: 2 });
    expect(await retriesOf(old[0] ?? '')).toHaveLength(1);
    // A retry that fails in its turn is a failed run like others.
    await new PlayedEngine(gateway.pool, first?.id ?? '').finish('failed');
    expect((await retry()).body).toEqual({ ...counts, matched: 3, accepted: 1, skipped: 2 });
    expect(await retriesOf(first?.id ?? '')).toHaveLength(1);
  });

  it('takes other statuses, the start and the latest version when asked to', async () => {
    const [fine, stopped] = [await ended('completed', completed('a')), await ended('cancelled', completed('a'))];
    await user.call('PATCH', `/workflows/${workflowId}`, { steps: [step('a'), step('b', '2')] });
    expect((await retry({ filter: { status: 'cancelled' }, version: 'latest' })).body).toMatchObject({ accepted: 1 });
    expect(await retriesOf(stopped)).toMatchObject([{ version: 2, done: ['a'] }]);
    expect((await retry({ filter: { status: 'completed' }, from: 'start' })).body).toMatchObject({ accepted: 1 });
    expect(await retriesOf(fine)).toMatchObject([{ version: 1, done: [] }]);
  });

  it('refuses runs with a step in doubt, by name, and retries the others', async () => {
    const [doubted, fine] = [await ended('failed', completed('a'), ...doubtful), await ended('failed')];
    const { body } = await retry();
    expect(body).toMatchObject({ matched: 2, accepted: 1, more: false });
    expect(body.refused).toEqual([
      { run_id: doubted, code: 'CONFLICT', message: expect.stringContaining('The step b is in doubt') },
    ]);
    expect([await retriesOf(doubted), await retriesOf(fine)]).toMatchObject([[], [{}]]);
    expect((await retry()).body).toMatchObject({ accepted: 0, skipped: 1, refused: [{ run_id: doubted }] });
    expect((await retry({ from: 'start' })).body).toMatchObject({ accepted: 1, refused: [] });
  });

  it('makes no retry at all while the large values of one are being erased', async () => {
    const [fine, erased] = [await ended('failed'), await ended('failed')];
    const reference = { id: randomUUID(), bytes: 1, sha256: 'x' };
    const large = 'UPDATE workflow_runs SET input = NULL, input_blob = $2 WHERE id = $1';
    await gateway.pool.query(large, [erased, JSON.stringify(reference)]);
    const kept = `INSERT INTO run_blobs (id, run_id, user_id, bytes, status)
                  SELECT $2, id, user_id, 1, 'kept' FROM workflow_runs WHERE id = $1`;
    await gateway.pool.query(kept, [erased, reference.id]);
    const erasure = await gateway.pool.connect();
    await erasure.query('BEGIN');
    await erasure.query(`UPDATE run_blobs SET status = 'doomed' WHERE id = $1`, [reference.id]);
    const asked = retry();
    const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity
                     WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await expect.poll(async () => (await gateway.pool.query(waiting)).rows[0].n, { timeout: 10_000 }).toBe(1);
    await erasure.query('COMMIT');
    erasure.release();
    expect(await asked).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } });
    expect([await retriesOf(fine), await retriesOf(erased)]).toEqual([[], []]);
  });

  it('makes one retry of a run when two ask at once, and none of one that was retried by itself', async () => {
    const old = await ended('failed');
    const holder = await gateway.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM workflow_runs WHERE id = $1 FOR UPDATE', [old]);
    const asked = [retry(), retry()];
    // Both have seen that the run has no retry.
    const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity
                     WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await expect.poll(async () => (await gateway.pool.query(waiting)).rows[0].n, { timeout: 10_000 }).toBe(2);
    await holder.query('COMMIT');
    holder.release();
    const counts = (await Promise.all(asked)).map(({ body: { accepted, skipped } }) => ({ accepted, skipped }));
    expect(counts.toSorted((a, b) => a.accepted - b.accepted)).toEqual([
      { accepted: 0, skipped: 1 },
      { accepted: 1, skipped: 0 },
    ]);
    expect(await retriesOf(old)).toHaveLength(1);
    const other = await ended('failed');
    await user.call('POST', `/runs/${other}/retry`);
    expect((await retry()).body).toMatchObject({ accepted: 0, skipped: 2 });
  });

  it('answers the same for one Idempotency-Key', async () => {
    await ended('failed');
    const key = { 'idempotency-key': randomUUID() };
    const first = await retry({}, key);
    expect(first.body.accepted).toBe(1);
    expect((await retry({}, key)).body).toEqual(first.body);
  });

  it('touches neither runs of others nor those of deleted workflows', async () => {
    const old = await ended('failed');
    const stranger = await gateway.signUp();
    const body = { filter: {}, action: 'retry' };
    expect((await stranger.call('POST', '/runs/bulk', body)).body.matched).toBe(0);
    await user.call('DELETE', `/workflows/${workflowId}`);
    expect((await retry()).body.matched).toBe(0);
    expect(await retriesOf(old)).toEqual([]);
  });

  it('goes as far as 1,000 runs, and on behind them with the cursor, but not to the runs it made', async () => {
    await gateway.pool.query(
      `INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, trigger, status)
       SELECT uuidv7(), 30, $1, 1, $2, '{"type":"manual"}', 'failed' FROM generate_series(1, 1003)`,
      [workflowId, user.id],
    );
    const first = (await retry()).body;
    expect(first).toMatchObject({ matched: 1_000, accepted: 1_000, more: true });
    const failAll = `WITH done AS (DELETE FROM claims WHERE workflow_id = $1)
                     UPDATE workflow_runs SET status = 'failed' WHERE workflow_id = $1`;
    await gateway.pool.query(failAll, [workflowId]);
    const rest = (await retry({ cursor: first.next_cursor })).body;
    expect(rest).toEqual({ action: 'retry', matched: 3, accepted: 3, skipped: 0, refused: [], more: false });
  });
});

describe('with a quota of runs', () => {
  it('stops where it is used up, says that there are more, and goes on later', async () => {
    const poor = await gateway.replica({ QUOTA_RUNS_PER_MINUTE: '2', QUOTA_PARKED_RUNS: '0' });
    for (let i = 0; i < 3; i++) await ended('failed');
    const request = {
      method: 'POST' as const,
      url: '/api/v1/runs/bulk',
      headers: { authorization: user.authorization },
      payload: { filter: {}, action: 'retry' },
    };
    expect((await poor.request(request)).body).toMatchObject({ accepted: 2, more: true });
    expect(await poor.request(request)).toMatchObject({ status: 429, body: { code: 'QUOTA_EXCEEDED' } });
    expect((await retry()).body).toMatchObject({ accepted: 1, skipped: 2, more: false });
    await poor.stop();
  });
});
