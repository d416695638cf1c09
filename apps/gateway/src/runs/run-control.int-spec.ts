import { newId, type JournalEntry } from '@app/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definition } from '../../../../test/gateway/definitions.js';
import { PlayedEngine } from '../../../../test/gateway/played-engine.js';
import { TestGateway, type Answer, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;
let workflowId: string;

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
  workflowId = (await user.call('POST', '/workflows', definition())).body.id;
});
afterAll(() => gateway.stop());

async function execute(): Promise<{ id: string; engine: PlayedEngine }> {
  const { body } = await user.call('POST', `/workflows/${workflowId}/execute`);
  return { id: body.run_id, engine: new PlayedEngine(gateway.pool, body.run_id) };
}

describe('cancel', () => {
  it('marks the claim and makes the run due, held or parked, once or twice', async () => {
    for (const prepare of ['park', 'hold'] as const) {
      const { id, engine } = await execute();
      await (prepare === 'park' ? engine.park() : engine.hold(newId()));
      expect(await user.call('POST', `/runs/${id}/cancel`)).toMatchObject({ status: 202, body: { run_id: id } });
      expect(await engine.claim()).toEqual({ woken: true, is_due: true, is_cancelled: true });
      expect((await user.call('POST', `/runs/${id}/cancel`)).status).toBe(202);
    }
  });

  it('is refused when the run is over', async () => {
    const { id, engine } = await execute();
    await engine.finish('completed');
    const refused = await user.call('POST', `/runs/${id}/cancel`);
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT', detail: 'The run is over: it is completed.' },
    });
  });
});

describe('resolve', () => {
  const doubtful = 'each[3].send';

  async function inDoubt(): Promise<{ id: string; engine: PlayedEngine }> {
    const run = await execute();
    await run.engine.journal({ type: 'step.started', path: doubtful, at: 1, attempt: 1, effect: 'unsafe' });
    await run.engine.journal({ type: 'step.in_doubt', path: doubtful, at: 2, attempt: 1, reason: 'lost' });
    await run.engine.park();
    return run;
  }

  function resolve(id: string, body: unknown, path = doubtful): Promise<Answer> {
    return user.call('POST', `/runs/${id}/steps/${encodeURIComponent(path)}/resolve`, body);
  }

  async function inbox(id: string): Promise<unknown[]> {
    const sql = 'SELECT kind, payload, user_id FROM run_inbox WHERE run_id = $1 ORDER BY id';
    return (await gateway.pool.query(sql, [id])).rows;
  }

  it.each([
    [
      { outcome: 'succeeded', output: { ok: true } },
      { outcome: 'succeeded', output: { ok: true } },
    ],
    [{ outcome: 'succeeded' }, { outcome: 'succeeded', output: null }],
    [{ outcome: 'retry' }, { outcome: 'retry' }],
    [
      { outcome: 'failed', error: 'never arrived' },
      { outcome: 'failed', error: { code: 'RESOLVED_AS_FAILED', message: 'never arrived', step_id: 'send' } },
    ],
    [
      { outcome: 'failed', error: { message: 'never arrived' } },
      { outcome: 'failed', error: { code: 'RESOLVED_AS_FAILED', message: 'never arrived', step_id: 'send' } },
    ],
  ])('%j reaches the inbox and wakes the run', async (body, payload) => {
    const { id, engine } = await inDoubt();
    expect(await resolve(id, body)).toMatchObject({ status: 202, body: { run_id: id } });
    expect(await inbox(id)).toEqual([
      { kind: 'resolution', payload: { path: doubtful, attempt: 1, ...payload }, user_id: user.id },
    ]);
    expect(await engine.claim()).toMatchObject({ woken: true, is_due: true });
  });

  it('takes the first of several answers, also when they come at once', async () => {
    const { id } = await inDoubt();
    const answers = await Promise.all(['succeeded', 'failed', 'retry'].map((outcome) => resolve(id, { outcome })));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
    expect(await inbox(id)).toHaveLength(1);
  });

  it.each<[string, JournalEntry[]]>([
    ['that is running', []],
    ['that completed', [{ type: 'step.completed', path: doubtful, at: 3, attempt: 1, started_at: 1 }]],
    ['whose doubt is settled', [{ type: 'step.resolved', path: doubtful, at: 3, outcome: 'retry', by: 'probe' }]],
  ])('is refused for a step %s', async (_, entries) => {
    const { id, engine } = entries.length === 0 ? await execute() : await inDoubt();
    await engine.journal({ type: 'step.started', path: doubtful, at: 1, attempt: 1, effect: 'unsafe' }, ...entries);
    expect(await resolve(id, { outcome: 'retry' })).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    expect(await inbox(id)).toEqual([]);
  });

  it('answers 404 for a step that the run does not have', async () => {
    const { id } = await inDoubt();
    expect((await resolve(id, { outcome: 'retry' }, 'each[4].send')).status).toBe(404);
  });

  it('settles the doubt that a run has left behind, once, and the run stays as it ended', async () => {
    const { id, engine } = await inDoubt();
    await engine.finish('cancelled');
    expect((await resolve(id, { outcome: 'retry' }, 'each[4].send')).status).toBe(404);
    const wish = { outcome: 'succeeded', output: { ok: true } };
    const answers = await Promise.all([1, 2, 3].map(() => resolve(id, wish)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
    const { body } = await user.call('GET', `/runs/${id}/steps`);
    expect(body.data).toMatchObject([{ path: doubtful, status: 'completed', output: { ok: true }, attempt: 1 }]);
    expect((await user.call('GET', `/runs/${id}`)).body.status).toBe('cancelled');
    expect(await inbox(id)).toEqual([]);
    const { rows } = await gateway.pool.query(
      `SELECT entries->0->>'by' AS by FROM run_journal WHERE run_id = $1 ORDER BY seq DESC LIMIT 1`,
      [id],
    );
    expect(rows).toEqual([{ by: user.id }]);
  });

  it.each([
    [{}, 'outcome'],
    [{ outcome: 'maybe' }, 'outcome'],
    [{ outcome: 'retry', output: 1 }, 'output'],
    [{ outcome: 'succeeded', error: 'x' }, 'error'],
    [{ outcome: 'failed', error: '' }, 'error.message'],
    [{ outcome: 'failed', error: { text: 'x' } }, 'error.text'],
    [{ outcome: 'failed', error: 7 }, 'error'],
  ])('refuses %j', async (body, field) => {
    const { id } = await inDoubt();
    const refused = await resolve(id, body);
    expect(refused).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(refused.body.errors).toContainEqual(expect.objectContaining({ field }));
    expect(await inbox(id)).toEqual([]);
  });

  it('finds a step whose path is longer than a hundred characters', async () => {
    const { id, engine } = await execute();
    const path = Array.from({ length: 8 }, (_, i) => `${'a'.repeat(60)}[${i}]`).join('.');
    await engine.journal({ type: 'step.in_doubt', path, at: 1, attempt: 1, reason: 'lost' });
    expect((await resolve(id, { outcome: 'retry' }, path)).status).toBe(202);
  });
});

describe('signal', () => {
  it('takes no more than a run that is claimed can be given: 8 MiB wait in it at most', async () => {
    const { id } = await execute();
    const payload = 'x'.repeat(1_000_000);
    const statuses: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      statuses.push((await user.call('POST', `/runs/${id}/signals/approve`, { payload })).status);
    }
    expect(statuses.filter((status) => status === 202)).toHaveLength(8);
    expect(await user.call('POST', `/runs/${id}/signals/approve`, { payload })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('8 MiB') },
    });
    expect((await user.call('POST', `/runs/${id}/signals/approve`, {})).status).toBe(202);
  });

  const rows = async (id: string): Promise<unknown[]> =>
    (await gateway.pool.query('SELECT kind, payload, user_id FROM run_inbox WHERE run_id = $1 ORDER BY id', [id])).rows;

  it('waits in the inbox, with who sent it, and wakes the run, parked or held', async () => {
    for (const prepare of ['park', 'hold'] as const) {
      const { id, engine } = await execute();
      await (prepare === 'park' ? engine.park() : engine.hold(newId()));
      const sent = await user.call('POST', `/runs/${id}/signals/approve`, { payload: { ok: true } });
      expect(sent).toMatchObject({ status: 202, body: { run_id: id } });
      expect(await engine.claim()).toMatchObject({ woken: true, is_due: true });
      expect(await rows(id)).toEqual([
        { kind: 'signal', payload: { name: 'approve', payload: { ok: true } }, user_id: user.id },
      ]);
    }
  });

  it('is refused when the run is over, when its name is no name, and when too many wait', async () => {
    const { id, engine } = await execute();
    const wrong = await user.call('POST', `/runs/${id}/signals/${encodeURIComponent('a b')}`, {});
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ field: 'name' }] } });
    await gateway.pool.query(
      `INSERT INTO run_inbox (id, run_id, kind, payload, user_id)
       SELECT uuidv7(), $1, 'signal', '{}', $2 FROM generate_series(1, 1000)`,
      [id, user.id],
    );
    expect((await user.call('POST', `/runs/${id}/signals/approve`, {})).status).toBe(409);
    await engine.finish('completed');
    expect(await user.call('POST', `/runs/${id}/signals/approve`, {})).toMatchObject({
      status: 409,
      body: { detail: 'The run is over: it is completed.' },
    });
  });
});
