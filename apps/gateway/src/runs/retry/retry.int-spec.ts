import { newId, type JournalEntry } from '@app/contracts';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { definition } from '../../../../../test/gateway/definitions.js';
import { PlayedEngine } from '../../../../../test/gateway/played-engine.js';
import { TestGateway, type Answer, type TestUser } from '../../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;
let workflowId: string;

const step = (id: string, expression = '1') => ({ id, type: 'transform', config: { expression } });
const steps = [step('a'), step('b'), step('c')];

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  workflowId = (await user.call('POST', '/workflows', definition({ steps }))).body.id;
});

const error = { code: 'HTTP_STATUS', message: 'no' } as const;
const completed = (path: string): JournalEntry => ({
  type: 'step.completed',
  path,
  at: 1,
  attempt: 1,
  started_at: 1,
  output: path,
});
const failed = (path: string): JournalEntry => ({ type: 'step.failed', path, at: 1, attempt: 1, started_at: 1, error });

/** A run whose journal says this, and that has ended. */
async function ended(status: 'completed' | 'failed' | 'cancelled', ...entries: JournalEntry[]): Promise<string> {
  const asked = { input: { n: 1 }, tags: ['x'], correlation_id: 'order-7' };
  const { body } = await user.call('POST', `/workflows/${workflowId}/execute`, asked);
  const engine = new PlayedEngine(gateway.pool, body.run_id);
  if (entries.length > 0) await engine.journal(...entries);
  await engine.finish(status);
  return body.run_id;
}

const retry = (id: string, body?: object, headers?: Record<string, string>): Promise<Answer> =>
  user.call('POST', `/runs/${id}/retry`, body, headers);
const journalOf = async (runId: string): Promise<string[]> => {
  const { rows } = await gateway.pool.query<{ entries: JournalEntry[] }>(
    'SELECT entries FROM run_journal WHERE run_id = $1 ORDER BY seq',
    [runId],
  );
  return rows.flatMap(({ entries }) => entries.map(({ type, path }) => `${type} ${path}`));
};
const claimOf = async (runId: string) =>
  (await gateway.pool.query('SELECT version, epoch, run_at <= now() AS due FROM claims WHERE run_id = $1', [runId]))
    .rows;

describe('POST /runs/:id/retry', () => {
  it('answers with a new run that has what the old one had done', async () => {
    const old = await ended('failed', completed('a'), completed('b'), failed('c'));
    const answer = await retry(old);
    expect(answer).toMatchObject({ status: 202, body: { status: 'pending' } });
    const id = answer.body.run_id;
    expect((await user.call('GET', `/runs/${id}`)).body).toMatchObject({
      retry_of: old,
      trigger: { type: 'retry', run_id: old },
      workflow_version: 1,
      input: { n: 1 },
      tags: ['x'],
      correlation_id: 'order-7',
      status: 'pending',
    });
    expect(await journalOf(id)).toEqual(['step.completed a', 'step.completed b']);
    // The first claim of a run with a journal has to read it.
    expect(await claimOf(id)).toEqual([{ version: 1, epoch: 1, due: true }]);
    expect((await user.call('GET', `/runs/${old}`)).body.status).toBe('failed');
    expect((await user.call('GET', '/runs?trigger=retry')).body.data).toMatchObject([{ id }]);
  });

  it('begins at the start, or with the latest version at the first step that differs', async () => {
    const old = await ended('cancelled', completed('a'), completed('b'));
    const fromStart = (await retry(old, { from: 'start' })).body.run_id;
    expect([await journalOf(fromStart), await claimOf(fromStart)]).toEqual([[], [{ version: 1, epoch: 0, due: true }]]);
    await user.call('PATCH', `/workflows/${workflowId}`, { steps: [step('a'), step('b', '2'), step('c')] });
    const latest = (await retry(old, { version: 'latest' })).body.run_id;
    expect([await journalOf(latest), await claimOf(latest)]).toEqual([
      ['step.completed a'],
      [{ version: 2, epoch: 1, due: true }],
    ]);
    const pinned = (await retry(old, { version: 'pinned', from: 'failed' })).body.run_id;
    expect(await journalOf(pinned)).toEqual(['step.completed a', 'step.completed b']);
  });

  it('copies a long journal whole', async () => {
    const paths = Array.from({ length: 1_200 }, (_, i) => completed(`each[${i}].x`));
    const each = { id: 'each', type: 'foreach', config: { items: '[1..2000]', steps: [step('x')] } };
    await user.call('PATCH', `/workflows/${workflowId}`, { steps: [each] });
    const old = await ended('failed', { type: 'step.entered', path: 'each', at: 1, branch: null, items: [] }, ...paths);
    expect(await journalOf((await retry(old)).body.run_id)).toHaveLength(1_201);
  });

  it('is refused while the run is under way, when nothing failed, and while a step is in doubt', async () => {
    const { body } = await user.call('POST', `/workflows/${workflowId}/execute`);
    expect(await retry(body.run_id)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    const fine = await ended('completed', completed('a'));
    expect(await retry(fine)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('not failed') } });
    expect((await retry(fine, { from: 'start' })).status).toBe(202);
    const doubtful = await ended(
      'cancelled',
      { type: 'step.started', path: 'a', at: 1, attempt: 1, effect: 'unsafe' },
      { type: 'step.in_doubt', path: 'a', at: 2, attempt: 1, reason: 'lost' },
    );
    expect(await retry(doubtful)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('in doubt') } });
    expect((await retry(doubtful, { from: 'start' })).status).toBe(202);
  });

  it('goes on behind a doubt of the old run once somebody has said what became of it', async () => {
    const doubtful = await ended(
      'cancelled',
      { type: 'step.started', path: 'a', at: 1, attempt: 1, effect: 'unsafe' },
      { type: 'step.in_doubt', path: 'a', at: 2, attempt: 1, reason: 'stopped' },
    );
    const resolved = await user.call('POST', `/runs/${doubtful}/steps/a/resolve`, { outcome: 'succeeded', output: 5 });
    expect(resolved.status).toBe(202);
    const { body } = await retry(doubtful);
    expect(await journalOf(body.run_id)).toEqual(['step.started a', 'step.in_doubt a', 'step.resolved a']);
    const again = await ended(
      'failed',
      { type: 'step.started', path: 'a', at: 1, attempt: 1, effect: 'unsafe' },
      { type: 'step.in_doubt', path: 'a', at: 2, attempt: 1, reason: 'stopped' },
    );
    await user.call('POST', `/runs/${again}/steps/a/resolve`, { outcome: 'retry' });
    expect(await journalOf((await retry(again)).body.run_id)).toEqual([]);
  });

  it('starts one run for one Idempotency-Key, also when the gateway was cut off after its commit', async () => {
    const old = await ended('failed', completed('a'), failed('b'));
    const key = { 'idempotency-key': randomUUID() };
    const first = await retry(old, {}, key);
    expect((await retry(old, {}, key)).body).toEqual(first.body);
    const cutOff = `UPDATE idempotency_keys SET response_status = NULL, updated_at = '-infinity' WHERE key = $1`;
    await gateway.pool.query(cutOff, [key['idempotency-key']]);
    expect((await retry(old, {}, key)).body).toEqual(first.body);
    const made = await gateway.pool.query('SELECT id FROM workflow_runs WHERE retry_of = $1', [old]);
    expect(made.rows).toEqual([{ id: first.body.run_id }]);
    expect(await journalOf(first.body.run_id)).toEqual(['step.completed a']);
  });

  it('refuses what it does not know, and what is not there', async () => {
    const old = await ended('failed', failed('a'));
    expect((await retry(old, { from: 'b' })).status).toBe(400);
    expect((await retry(old, { version: 1 })).status).toBe(400);
    expect((await retry(newId())).status).toBe(404);
    const stranger = await gateway.signUp();
    expect((await stranger.call('POST', `/runs/${old}/retry`)).status).toBe(404);
    await user.call('DELETE', `/workflows/${workflowId}`);
    expect((await retry(old)).status).toBe(404);
  });
});
