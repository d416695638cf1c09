import { newId } from '@app/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definition } from '../../../../test/gateway/definitions.js';
import { PlayedEngine } from '../../../../test/gateway/played-engine.js';
import { TestGateway, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;
let workflowId: string;

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
  workflowId = (await user.call('POST', '/workflows', definition())).body.id;
});
afterAll(() => gateway.stop());

async function execute(body: object = {}): Promise<{ id: string; engine: PlayedEngine }> {
  const { status, body: answer } = await user.call('POST', `/workflows/${workflowId}/execute`, body);
  expect(status, JSON.stringify(answer)).toBe(202);
  return { id: answer.run_id, engine: new PlayedEngine(gateway.pool, answer.run_id) };
}

describe('execute', () => {
  it('starts a run in the trace of the caller, when there is one', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const trigger = async (headers: Record<string, string>): Promise<object> => {
      const { body } = await user.call('POST', `/workflows/${workflowId}/execute`, {}, headers);
      return (await user.call('GET', `/runs/${body.run_id}`)).body.trigger;
    };
    expect(await trigger({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` })).toEqual({
      type: 'manual',
      traceparent: expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`)),
    });
    expect(await trigger({})).toEqual({ type: 'manual' });
    expect(await trigger({ traceparent: 'x' })).toEqual({ type: 'manual' });
  });

  it('answers 202 with a run that is committed and waits to be claimed', async () => {
    const answer = await user.call('POST', `/workflows/${workflowId}/execute`, {
      input: { name: 'Grace', nested: [{ then: 1 }] },
      tags: ['a', 'b'],
      correlation_id: 'order-7',
    });
    expect(answer).toMatchObject({ status: 202, body: { status: 'pending', message: expect.any(String) } });
    const id = answer.body.run_id;
    const { rows } = await gateway.pool.query('SELECT owner, run_at <= now() AS is_due FROM claims WHERE run_id = $1', [
      id,
    ]);
    expect(rows).toEqual([{ owner: null, is_due: true }]);
    expect((await user.call('GET', `/runs/${id}`)).body).toEqual({
      id,
      workflow_id: workflowId,
      workflow_version: 1,
      status: 'pending',
      trigger: { type: 'manual' },
      input: { name: 'Grace', nested: [{ then: 1 }] },
      output: null,
      error: null,
      tags: ['a', 'b'],
      correlation_id: 'order-7',
      retry_of: null,
      started_at: null,
      completed_at: null,
      created_at: expect.stringMatching(/Z$/),
    });
  });

  it.each([
    ['no body', undefined],
    ['an empty body', {}],
    ['input that is null', { input: null }],
  ])('takes %s', async (_, body) => {
    const { body: answer } = await user.call('POST', `/workflows/${workflowId}/execute`, body);
    expect((await user.call('GET', `/runs/${answer.run_id}`)).body).toMatchObject({ input: null, tags: [] });
  });

  it.each([
    ['U+0000 in a text', { input: 'a\0b' }, 'BAD_REQUEST'],
    ['U+0000 in a key', { input: { 'a\0': 1 } }, 'BAD_REQUEST'],
    ['half a character', { input: { text: '\ud800' } }, 'BAD_REQUEST'],
    ['tags that are no list', { tags: 'a' }, 'VALIDATION_FAILED'],
    ['an unknown field', { inputs: {} }, 'VALIDATION_FAILED'],
  ])('refuses %s', async (_, body, code) => {
    const { rows: before } = await gateway.pool.query('SELECT count(*) FROM claims');
    const refused = await user.call('POST', `/workflows/${workflowId}/execute`, body);
    expect(refused).toMatchObject({ status: 400, body: { code } });
    expect((await gateway.pool.query('SELECT count(*) FROM claims')).rows).toEqual(before);
  });

  it('runs the version of the moment, whatever becomes of the workflow', async () => {
    const { body: workflow } = await user.call('POST', '/workflows', definition());
    const first = await user.call('POST', `/workflows/${workflow.id}/execute`);
    await user.call('PUT', `/workflows/${workflow.id}`, definition({ name: 'Newer' }));
    const second = await user.call('POST', `/workflows/${workflow.id}/execute`);
    const versions = await Promise.all([first, second].map(({ body }) => user.call('GET', `/runs/${body.run_id}`)));
    expect(versions.map(({ body }) => body.workflow_version)).toEqual([1, 2]);
  });
});

describe('the status of a workflow', () => {
  it('says running while runs are under way, with the latest 10', async () => {
    const { body: workflow } = await user.call('POST', '/workflows', definition());
    const ids: string[] = [];
    for (let i = 0; i < 11; i += 1) {
      ids.unshift((await user.call('POST', `/workflows/${workflow.id}/execute`)).body.run_id);
    }
    const running = await user.call('GET', `/workflows/${workflow.id}/status`);
    expect(running.body.workflow).toMatchObject({ id: workflow.id, status: 'running' });
    expect(running.body.runs.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 10));
    for (const id of ids) await new PlayedEngine(gateway.pool, id).finish('completed');
    const idle = await user.call('GET', `/workflows/${workflow.id}/status`);
    expect(idle.body.workflow.status).toBe('inactive');
    expect(idle.body.runs[0].status).toBe('completed');
  });
});

describe('the list of runs', () => {
  it('is filtered by everything that engine.md names', async () => {
    const other = await gateway.signUp();
    const mine = (await other.call('POST', '/workflows', definition())).body.id;
    const since = new Date(Date.now() - 500).toISOString();
    const started = await other.call('POST', `/workflows/${mine}/execute`, { tags: ['red'], correlation_id: 'c-1' });
    const id = started.body.run_id;
    const found = ['', `workflow_id=${mine}`, 'status=pending', 'trigger=manual', 'tag=red', 'correlation_id=c-1'];
    found.push(`since=${since}`, `until=2999-01-01T00:00:00Z`);
    for (const query of found) {
      const { body } = await other.call('GET', `/runs?${query}`);
      expect([query, body.total, body.data?.[0]?.id]).toEqual([query, 1, id]);
    }
    const missing = [`workflow_id=${newId()}`, 'status=failed', 'trigger=webhook', 'tag=re', 'correlation_id=c'];
    missing.push(`until=${since}`, `since=2999-01-01T00:00:00Z`);
    for (const query of missing) {
      const { body } = await other.call('GET', `/runs?${query}`);
      expect([query, body.total, body.data]).toEqual([query, 0, []]);
    }
    expect((await other.call('GET', '/runs')).body.data[0]).not.toHaveProperty('input');
  });

  it('pages by cursor without gaps', async () => {
    const { body: workflow } = await user.call('POST', '/workflows', definition());
    for (let i = 0; i < 5; i += 1) await user.call('POST', `/workflows/${workflow.id}/execute`);
    const seen: string[] = [];
    let cursor: string | undefined = '';
    while (cursor !== undefined) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await user.call('GET', `/workflows/${workflow.id}/runs?limit=2${query}`);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.next_cursor;
    }
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
    expect(seen).toHaveLength(5);
  });

  it.each([
    'since=yesterday',
    'since=2026-02-31T25:00:00Z',
    'workflow_id=1',
    'status=odd',
    'trigger=odd',
    'tag=',
    'x=1',
  ])('refuses ?%s', async (query) => expect((await user.call('GET', `/runs?${query}`)).status).toBe(400));
});

describe('the steps of a run', () => {
  it('are folded from the journal, with type and name of the pinned version', async () => {
    const { id, engine } = await execute();
    expect((await user.call('GET', `/runs/${id}/steps`)).body).toMatchObject({ data: [], total: 0 });
    await engine.journal({ type: 'step.started', path: 'greet', at: 5, attempt: 1, effect: 'keyed', input: { a: 1 } });
    await engine.journal({ type: 'step.completed', path: 'greet', at: 9, attempt: 1, started_at: 5, output: 'hello' });
    await user.call(
      'PUT',
      `/workflows/${workflowId}`,
      definition({ steps: [{ id: 'x', type: 'delay', config: { for_ms: 1 } }] }),
    );
    const { body } = await user.call('GET', `/runs/${id}/steps`);
    expect(body).toMatchObject({ total: 1, page: 1, limit: 100 });
    expect(body.data).toEqual([
      {
        step_id: 'greet',
        path: 'greet',
        type: 'transform',
        name: 'Say hello',
        status: 'completed',
        attempt: 1,
        input: { a: 1 },
        output: 'hello',
        error: null,
        started_at: expect.stringMatching(/Z$/),
        completed_at: expect.stringMatching(/Z$/),
      },
    ]);
    expect(Date.parse(body.data[0].completed_at) - Date.parse(body.data[0].started_at)).toBe(4);
  });

  it('come in pages', async () => {
    const { id, engine } = await execute();
    for (const path of ['a', 'b[0].c', 'd']) await engine.journal({ type: 'step.skipped', path, at: 1 });
    const first = await user.call('GET', `/runs/${id}/steps?limit=2`);
    expect(first.body).toMatchObject({ total: 3, data: [{ path: 'a' }, { path: 'b[0].c', step_id: 'c' }] });
    const second = await user.call('GET', `/runs/${id}/steps?limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body.data).toMatchObject([{ path: 'd', type: 'unknown' }]);
  });
});

describe('deleting a run', () => {
  it('is refused while it is under way, and takes its history along afterwards', async () => {
    const { id, engine } = await execute();
    await engine.journal({ type: 'step.skipped', path: 'a', at: 1 });
    expect(await user.call('DELETE', `/runs/${id}`)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    await engine.finish('completed');
    expect((await user.call('DELETE', `/runs/${id}`)).status).toBe(204);
    expect((await user.call('GET', `/runs/${id}`)).status).toBe(404);
    expect((await gateway.pool.query('SELECT FROM run_journal WHERE run_id = $1', [id])).rowCount).toBe(0);
    expect((await user.call('DELETE', `/runs/${id}`)).status).toBe(404);
    const audit = `SELECT actor_id, details FROM audit_events WHERE action = 'run.deleted' AND subject_id = $1`;
    const details = { workflow_id: workflowId, status: 'completed' };
    expect((await gateway.pool.query(audit, [id])).rows).toEqual([{ actor_id: user.id, details }]);
  });
});

describe("somebody else's run", () => {
  it('does not exist', async () => {
    const { id, engine } = await execute();
    await engine.journal({ type: 'step.started', path: 'p', at: 1, attempt: 1, effect: 'unsafe' });
    await engine.journal({ type: 'step.in_doubt', path: 'p', at: 2, attempt: 1, reason: 'lost' });
    const stranger = await gateway.signUp();
    for (const [method, path, body] of [
      ['GET', ''],
      ['GET', '/steps'],
      ['POST', '/cancel'],
      ['POST', '/steps/p/resolve', { outcome: 'retry' }],
      ['DELETE', ''],
    ] as const) {
      for (const runId of [id, newId(), 'no-id']) {
        const answer = await stranger.call(method, `/runs/${runId}${path}`, body);
        expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 404, 'NOT_FOUND']);
      }
    }
    expect(await engine.claim()).toMatchObject({ is_cancelled: false });
  });
});
