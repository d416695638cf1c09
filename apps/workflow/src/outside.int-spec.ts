import { newId } from '@app/contracts';
import { acceptEvents, acceptRuns } from '@app/database';
import { standardBounds, type StepDefinition } from '@app/definition';
import { KeyRing, sealSecret } from '@app/security';
import { eventually } from '@app/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TEST_KEY, WorkflowService } from '../../../test/workflow/workflow-service.js';
import { EventDispatcher } from './events/event-dispatcher.service.js';
import { ActiveRuns } from './runs/active-runs.service.js';

describe('what runs have to do with the world outside', () => {
  let service: WorkflowService;

  beforeAll(async () => {
    service = await WorkflowService.start();
  });
  beforeEach(() => service.reset());
  afterAll(() => service.stop());

  describe('secrets', () => {
    const VALUE = 's3cret-value-of-the-test';

    it('reach the receiver and nothing that is kept', async () => {
      const ring = new KeyRing([{ id: 'test', key: TEST_KEY }]);
      await service.pool.query(`INSERT INTO secrets (id, user_id, name, value) VALUES ($1, $2, 'api_key', $3)`, [
        newId(),
        service.userId,
        sealSecret(ring, { userId: service.userId, name: 'api_key' }, VALUE),
      ]);
      service.answers.set('/echo', (end) => end(200, { you_sent: service.received.at(-1)?.body }));
      const id = await service.start([
        service.call('echo', 'PUT', {
          config: {
            method: 'PUT',
            url: `${service.receiverUrl}/echo`,
            body: { key: '{{ secrets.api_key }}', n: '{{ input.n }}' },
          },
        }),
      ]);
      await service.becomes(id, 'completed');
      expect(service.received[0]?.body).toBe(JSON.stringify({ key: VALUE }));
      const { rows } = await service.pool.query<{ all: string }>(
        `SELECT (SELECT json_agg(r)::text FROM workflow_runs r WHERE id = $1) || (SELECT json_agg(j)::text FROM run_journal j WHERE run_id = $1) AS all`,
        [id],
      );
      expect(rows[0]?.all).not.toContain(VALUE);
      expect(rows[0]?.all).toContain('{{ secrets.api_key }}');
    });

    it('that do not exist fail the step by name', async () => {
      const config = { method: 'PUT', url: `${service.receiverUrl}/none`, body: '{{ secrets.none }}' };
      const id = await service.start([service.call('none', 'PUT', { config })]);
      expect(await service.becomes(id, 'failed')).toMatchObject({ error: { code: 'SECRET_MISSING' } });
      expect(service.received).toEqual([]);
    });
  });

  it('asks the receiver about a call that broke, when the step says how', async () => {
    service.answers.set('/orders', () => service.receiver.closeAllConnections());
    service.answers.set('/orders/7', (end) => end(200, { state: 'paid' }));
    const order: StepDefinition = {
      id: 'order',
      type: 'http.request',
      config: { method: 'POST', url: `${service.receiverUrl}/orders` },
      probe: {
        request: { method: 'GET', url: `${service.receiverUrl}/orders/{{ input.n }}` },
        expression: `status = 200 and body.state = 'paid'`,
      },
    };
    const id = await service.start([order], { n: 7 });
    expect(await service.becomes(id, 'completed')).toMatchObject({ output: { status: 200, body: { state: 'paid' } } });
    expect(service.received.map(({ url }) => url)).toEqual(['/orders', '/orders/7']);
    // All calls of a run are in the run's trace, each with a span of its own.
    const spans = service.received.map(({ trace }) => /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(trace));
    expect(spans.map((span) => span?.[1])).toEqual([id.replaceAll('-', ''), id.replaceAll('-', '')]);
    expect(spans[0]?.[2]).not.toBe(spans[1]?.[2]);
  });

  it('calls within the trace that a run was started in, and so do the runs that it starts', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const inner = await service.createWorkflow([service.call('inner', 'GET')]);
    const outer = await service.createWorkflow([
      service.call('outer', 'GET'),
      { id: 'child', type: 'workflow.run', config: { workflow_id: inner } },
    ]);
    const id = await service.execute(outer, {}, 0, { traceparent: `00-${traceId}-00f067aa0ba902b7-00` });
    await service.becomes(id, 'completed');
    const parents = service.received.map(({ url, trace }) => [url, trace.replace(/-[0-9a-f]{16}-/, '-span-')]);
    expect(parents).toEqual([
      ['/outer', `00-${traceId}-span-00`],
      ['/inner', `00-${traceId}-span-00`],
    ]);
    expect(new Set(service.received.map(({ trace }) => trace)).size).toBe(2);
  });

  describe('runs that start runs', () => {
    const child = (workflowId: string, more: Record<string, unknown> = {}): StepDefinition => ({
      id: 'child',
      type: 'workflow.run',
      config: { workflow_id: workflowId, input: { n: '{{ input.n }}' }, ...more },
    });
    const pause: StepDefinition = { id: 'pause', type: 'wait.signal', config: { name: 'go' } };

    it('wait for them and have their output, a tree of them too', async () => {
      const leaf = await service.createWorkflow([
        { id: 'x', type: 'transform', config: { expression: 'input.n * 10' } },
      ]);
      const middle = await service.createWorkflow([child(leaf)]);
      const loop: StepDefinition = {
        id: 'each',
        type: 'foreach',
        config: {
          items: '[1..5]',
          concurrency: 5,
          steps: [{ ...child(middle), config: { workflow_id: middle, input: { n: '{{ item }}' } } }],
        },
      };
      const id = await service.start([loop]);
      expect(await service.becomes(id, 'completed')).toMatchObject({ output: [10, 20, 30, 40, 50] });
      const { rows } = await service.pool.query<{ depth: number; trigger: { run_id: string } }>(
        `SELECT depth, trigger FROM workflow_runs WHERE trigger->>'type' = 'workflow' AND workflow_id = ANY ($1::uuid[])`,
        [[leaf, middle]],
      );
      expect(rows.map(({ depth }) => depth).toSorted()).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
      expect((await service.pool.query('SELECT FROM child_runs')).rowCount).toBe(0);
    });

    it('cancel them with themselves', async () => {
      const parent = await service.start([child(await service.createWorkflow([pause]))], { n: 1 });
      const childId = await eventually(async () => (await service.steps(parent)).length > 0 && (await childOf(parent)));
      await service.becomes(childId, 'waiting');
      await service.pool.query(
        'UPDATE claims SET cancel_requested_at = now(), run_at = now(), woken = true WHERE run_id = $1',
        [parent],
      );
      await service.becomes(parent, 'cancelled');
      await service.becomes(childId, 'cancelled');
      await eventually(async () => (await service.pool.query('SELECT FROM child_runs')).rowCount === 0);
    });

    it('fail when there is no such workflow of the same owner', async () => {
      const id = await service.start([child(newId())], { n: 1 });
      expect(await service.becomes(id, 'failed')).toMatchObject({ error: { code: 'CHILD_RUN_FAILED' } });
    });

    const childOf = async (parent: string): Promise<string> => {
      const sql = `SELECT id FROM workflow_runs WHERE trigger->>'run_id' = $1`;
      return (await service.pool.query<{ id: string }>(sql, [parent])).rows[0]?.id ?? '';
    };
  });

  it('takes a signal that comes while another branch is at work, and one that came before', async () => {
    const branches = {
      a: [{ id: 'ok', type: 'wait.signal', config: { name: 'go' } }],
      b: [service.call('slow', 'PUT')],
    };
    let release: () => void = () => undefined;
    service.answers.set('/slow', (end) => (release = () => end(200)));
    const id = await service.start([{ id: 'all', type: 'parallel', config: { branches } }]);
    await eventually(async () => service.received.some(({ url }) => url === '/slow'));
    await service.pool.query(
      `WITH sent AS (INSERT INTO run_inbox (id, run_id, kind, payload, user_id) VALUES ($1, $2, 'signal', '{"name":"go","payload":7}', $3))
       UPDATE claims SET run_at = least(run_at, now()), woken = true WHERE run_id = $2`,
      [newId(), id, service.userId],
    );
    // Seen by the run under way: the branch goes on although the call has not come back.
    await eventually(
      async () =>
        service.app.get(ActiveRuns).has(id) &&
        (await service.pool.query('SELECT FROM claims WHERE run_id = $1 AND woken', [id])).rowCount === 1,
    );
    release();
    expect(await service.becomes(id, 'completed')).toMatchObject({ output: { a: { payload: 7, by: service.userId } } });
    expect((await service.pool.query('SELECT FROM run_inbox WHERE run_id = $1', [id])).rowCount).toBe(0);
  });

  it('takes a signal that came before anybody had claimed the run', async () => {
    const wait: StepDefinition = { id: 'ok', type: 'wait.signal', config: { name: 'go' } };
    const workflowId = await service.createWorkflow([wait]);
    const client = await service.pool.connect();
    const id = newId();
    try {
      await client.query('BEGIN');
      const trigger = { type: 'manual' as const };
      const more = { correlationId: null, tags: [], needsActive: false, dedupeKey: null, inputJson: null };
      await acceptRuns(client, [{ id, workflowId, userId: service.userId, trigger, ...more }]);
      await client.query(
        `WITH sent AS (INSERT INTO run_inbox (id, run_id, kind, payload, user_id) VALUES ($1, $2, 'signal', '{"name":"go","payload":7}', $3))
         UPDATE claims SET run_at = least(run_at, now()), woken = true WHERE run_id = $2`,
        [newId(), id, service.userId],
      );
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    expect(await service.becomes(id, 'completed')).toMatchObject({ output: { payload: 7 } });
  });

  describe('events', () => {
    const emit = (config: Record<string, unknown>): StepDefinition => ({ id: 'emit', type: 'event.emit', config });
    const wait = (config: Record<string, unknown>): StepDefinition => ({ id: 'wait', type: 'wait.event', config });
    const waits = async (id: string): Promise<number> =>
      (await service.pool.query('SELECT FROM event_waits WHERE run_id = $1', [id])).rowCount ?? 0;
    const send = async (type: string, data: unknown, userId = service.userId): Promise<void> => {
      const id = newId();
      const event = { specversion: '1.0' as const, id, source: '/tests', type, data };
      await acceptEvents(service.pool, [{ id, userId, event, eventJson: JSON.stringify(event) }]);
      service.app.get(EventDispatcher).wake();
    };

    it('are sent with the commit of their step, once, and start what they start one deeper', async () => {
      const workflowId = await service.createWorkflow([
        { id: 'seen', type: 'transform', config: { expression: 'input.data.n + 1' } },
      ]);
      const trigger = JSON.stringify({ trigger: { type: 'order.paid' } });
      const sql = `UPDATE workflows SET trigger_type = 'event', status = 'active', config = $2 WHERE id = $1`;
      await service.pool.query(sql, [workflowId, trigger]);
      const step = emit({ type: 'order.paid', subject: 'order {{ input.n }}', data: { n: '{{ input.n }}' } });
      const id = await service.start([step], { n: 6 });
      const { output, workflow_id: of } = await service.becomes(id, 'completed');
      const said = {
        id: `${id}/emit`,
        source: `/workflows/${of}`,
        type: 'order.paid',
        subject: 'order 6',
        data: { n: 6 },
      };
      expect(output).toMatchObject({ specversion: '1.0', ...said });
      const { rows } = await service.pool.query('SELECT event, depth FROM events WHERE run_id = $1', [id]);
      expect(rows).toEqual([{ event: output, depth: 1 }]);
      const started = await eventually(async () => {
        const found = `SELECT output, depth, input FROM workflow_runs WHERE workflow_id = $1 AND status = 'completed'`;
        const { rows: runs } = await service.pool.query(found, [workflowId]);
        return runs.length > 0 && runs;
      });
      expect(started).toEqual([{ output: 7, depth: 1, input: output }]);
      await service.pool.query(`UPDATE workflows SET status = 'inactive' WHERE id = $1`, [workflowId]);
    });

    it('are not sent at the end of too long a chain', async () => {
      const workflowId = await service.createWorkflow([emit({ type: 'deep' })]);
      const id = await service.execute(workflowId, {}, standardBounds.maxCauses);
      expect(await service.becomes(id, 'failed')).toMatchObject({ error: { code: 'LOOP_DETECTED' } });
      expect((await service.pool.query('SELECT FROM events WHERE run_id = $1', [id])).rowCount).toBe(0);
    });

    it('wake the one run whose filter wants them, with what the run knew, and are its output', async () => {
      const filter = 'event.data.order = input.order and event.data.by = steps.who.output';
      const steps: StepDefinition[] = [
        { id: 'who', type: 'transform', config: { expression: "'ada'" } },
        wait({ type: 'order.*', source: '/te*', filter }),
      ];
      const [one, two] = [await service.start(steps, { order: 1 }), await service.start(steps, { order: 2 })];
      await service.becomes(one, 'waiting');
      await service.becomes(two, 'waiting');
      await send('other.paid', { order: 1, by: 'ada' });
      await send('order.paid', { order: 1, by: 'eve' });
      await send('order.paid', { order: 1, by: 'ada' }, newId());
      await send('order.paid', { order: 1, by: 'ada', n: 'first' });
      await send('order.paid', { order: 1, by: 'ada', n: 'second' });
      expect(await service.becomes(one, 'completed')).toMatchObject({
        output: { type: 'order.paid', source: '/tests', data: { n: 'first' } },
      });
      expect([await waits(one), await waits(two)]).toEqual([0, 1]);
      expect(await service.run(two)).toMatchObject({ status: 'waiting' });
      await send('order.sent', { order: 2, by: 'ada' });
      await service.becomes(two, 'completed');
      expect((await service.pool.query('SELECT FROM run_inbox WHERE run_id = $1', [one])).rowCount).toBe(0);
    });

    it('are not waited for longer than the step says, nor after the run was cancelled', async () => {
      const late = await service.start([wait({ type: 'never', timeout_ms: 50 })]);
      expect(await service.becomes(late, 'failed')).toMatchObject({ error: { code: 'TIMEOUT' } });
      const cancelled = await service.start([wait({ type: 'never' })]);
      await service.becomes(cancelled, 'waiting');
      expect(await waits(cancelled)).toBe(1);
      const sql = 'UPDATE claims SET cancel_requested_at = now(), run_at = now() WHERE run_id = $1';
      await service.pool.query(sql, [cancelled]);
      await service.becomes(cancelled, 'cancelled');
      expect([await waits(late), await waits(cancelled)]).toEqual([0, 0]);
    });

    it('that a filter cannot judge wake nobody; what a filter keeps is bounded', async () => {
      const filter = '$error(event.data.why)';
      const id = await service.start([wait({ type: 'odd', filter })]);
      await service.becomes(id, 'waiting');
      await send('odd', { why: 'no' });
      await eventually(async () => (await service.pool.query('SELECT FROM pending_events')).rowCount === 0);
      expect(await service.run(id)).toMatchObject({ status: 'waiting' });
      const large = await service.start([wait({ type: 'odd', filter: 'event.data = input' })], 'x'.repeat(70_000));
      const { error } = await service.becomes(large, 'failed');
      expect(error).toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('config.filter reads 7'),
      });
    });

    it('wake a run in the same commit that sends them', async () => {
      const branches = {
        a: [wait({ type: 'self', filter: 'event.data.run = run.id' })],
        b: [emit({ type: 'self', data: { run: '{{ run.id }}' } })],
      };
      const id = await service.start([{ id: 'both', type: 'parallel', config: { branches } }]);
      expect(await service.becomes(id, 'completed')).toMatchObject({ output: { a: { id: `${id}/both.emit` } } });
    });
  });

  describe('a task for a program of the owner', () => {
    const external: StepDefinition = { id: 'pick', type: 'external', config: { queue: 'q', input: '{{ input.n }}' } };
    const ended = async (status: string, result: object): Promise<string> => {
      const id = await service.start([external], { n: 3 });
      await service.becomes(id, 'waiting');
      const { rows } = await service.pool.query<{ payload: object }>(
        `UPDATE jobs SET status = $2, result = $3, processed_at = now() WHERE run_id = $1 RETURNING payload`,
        [id, status, JSON.stringify(result)],
      );
      const key = { idempotency_key: `${id}/pick`, step: { run_id: id, path: 'pick', attempt: 1 } };
      expect(rows[0]?.payload).toEqual({ queue: 'q', input: 3, effect: 'unsafe', ...key });
      return id;
    };

    it('gives the step its output', async () => {
      const id = await ended('succeeded', { success: true, data: { shelf: 1 } });
      expect(await service.becomes(id, 'completed')).toMatchObject({ output: { shelf: 1 } });
    });

    it('fails the step with what the program said', async () => {
      const error = { code: 'TASK_FAILED', message: 'no stock', retryable: false };
      const id = await ended('failed', { success: false, error });
      expect(await service.becomes(id, 'failed')).toMatchObject({
        error: { code: 'TASK_FAILED', message: 'no stock' },
      });
    });

    it('leaves the step in doubt when nobody knows', async () => {
      const id = await ended('in_doubt', { success: false });
      const doubt = await eventually(async () => (await service.steps(id)).find(({ status }) => status === 'in_doubt'));
      expect(doubt).toMatchObject({ path: 'pick' });
    });
  });
});
