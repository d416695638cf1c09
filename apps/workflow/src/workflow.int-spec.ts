import { newId, stepViews, type StepView } from '@app/contracts';
import type { StepDefinition } from '@app/definition';
import { acceptRuns } from '@app/database';
import { GracefulShutdown } from '@app/observability';
import { eventually, testDatabase, testRedis, type TestDatabase } from '@app/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandHandlers } from './handlers.js';
import { JobDeliveryService } from './recovery/job-delivery.service.js';
import { ActiveRuns } from './runs/active-runs.service.js';
import { RunClaimer } from './runs/run-claimer.service.js';
import { loadHistories } from './runs/store/run-history.js';
import { SchedulesService } from './schedules/schedules.service.js';
import { WorkflowModule } from './workflow.module.js';

/** What a receiver saw of a call. */
interface Received {
  method: string;
  url: string;
  key: string;
  body: string;
}

describe('the workflow service', () => {
  let database: TestDatabase;
  let pool: Pool;
  let app: INestApplicationContext;
  let receiver: Server;
  let receiverUrl: string;
  let received: Received[] = [];
  /** Answers of the receiver, by path. */
  const answers = new Map<string, (end: (status: number, body?: object) => void) => void>();
  const userId = newId();

  beforeAll(async () => {
    const redis = await testRedis();
    database = await testDatabase();
    Object.assign(process.env, {
      ENVIRONMENT: 'test',
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      METRICS_PORT: '0',
      HEALTH_PORT: '0',
      LOG_LEVEL: 'fatal',
      ENGINE_POLL_MS: '50',
      ENGINE_HEARTBEAT_MS: '100',
    });
    pool = new Pool({ connectionString: database.url, max: 4 });
    await pool.query(`INSERT INTO users (id, email, name) VALUES ($1, 'a@example.com', 'A')`, [userId]);
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { method = '', url = '' } = request;
        received.push({ method, url, key: String(request.headers['idempotency-key']), body });
        const end = (status: number, data: object = { ok: true }): void =>
          void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(data));
        const answer = answers.get(url) ?? ((done: typeof end) => done(200));
        answer(end);
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    app = await NestFactory.createApplicationContext(WorkflowModule, { logger: false });
  });
  beforeEach(() => {
    received = [];
    answers.clear();
  });
  afterAll(async () => {
    receiver.closeAllConnections();
    receiver.close();
    await app.get(GracefulShutdown).run();
    await app.close();
    await pool.end();
    await database.drop();
  });

  const createWorkflow = async (steps: StepDefinition[]): Promise<string> => {
    const id = newId();
    await pool.query(
      `WITH w AS (INSERT INTO workflows (id, user_id, name, trigger_type, steps) VALUES ($1, $2, 'w', 'manual', $3))
       INSERT INTO workflow_versions (workflow_id, version, name, description, trigger_type, steps, config)
       VALUES ($1, 1, 'w', '', 'manual', $3, '{}')`,
      [id, userId, JSON.stringify(steps)],
    );
    return id;
  };
  const execute = async (workflowId: string, input: unknown = {}): Promise<string> => {
    const id = newId();
    const request = {
      id,
      workflowId,
      userId,
      trigger: { type: 'manual' as const },
      inputJson: JSON.stringify(input),
      correlationId: null,
      tags: [],
      needsActive: false,
      dedupeKey: null,
    };
    await acceptRuns(pool, [request]);
    return id;
  };
  const start = async (steps: StepDefinition[], input?: unknown): Promise<string> =>
    execute(await createWorkflow(steps), input);
  interface RunRow {
    status: string;
    output: unknown;
    error: { code: string } | null;
    workflow_id: string;
  }
  const run = async (id: string): Promise<RunRow | undefined> =>
    (await pool.query<RunRow>('SELECT * FROM workflow_runs WHERE id = $1', [id])).rows[0];
  const becomes = (id: string, ...statuses: string[]): Promise<RunRow> =>
    eventually(async () => {
      const row = await run(id);
      return row !== undefined && statuses.includes(row.status) && row;
    });
  const steps = async (id: string): Promise<StepView[]> =>
    stepViews((await loadHistories(pool, [id])).get(id)?.entries ?? []);
  const call = (id: string, method: string, more: Partial<StepDefinition> = {}): StepDefinition => ({
    id,
    type: 'http.request',
    config: { method, url: `${receiverUrl}/${id}`, body: { n: '{{ input.n }}' } },
    ...more,
  });

  it('executes steps in order, with outputs of earlier ones, and counts the run', async () => {
    const id = await start(
      [
        { id: 'a', type: 'transform', config: { expression: 'input.n + 1' } },
        {
          id: 'r',
          type: 'switch',
          config: { cases: [{ if: 'steps.a.output > 5', steps: [call('big', 'PUT')] }] },
        },
        { id: 'b', type: 'transform', config: { expression: '{"a": steps.a.output, "r": steps.r.output.status}' } },
      ],
      { n: 7 },
    );
    const { output, workflow_id } = await becomes(id, 'completed');
    expect(output).toEqual({ a: 8, r: 200 });
    expect(received).toEqual([{ method: 'PUT', url: '/big', key: `${id}/r.big`, body: '{"n":7}' }]);
    await eventually(async () => {
      const stats = await pool.query<{ run_count: string }>(
        'SELECT run_count FROM workflow_stats WHERE workflow_id = $1',
        [workflow_id],
      );
      return stats.rows[0]?.run_count === '1';
    });
  });

  it('tries again with the same key, and goes on as on_error says', async () => {
    answers.set('/flaky', (end) => end(received.length < 2 ? 503 : 200));
    answers.set('/broken', (end) => end(400, { reason: 'no' }));
    const retry = { max_attempts: 3, delay_ms: 10, backoff: 1 };
    const id = await start([
      call('flaky', 'PUT', { retry }),
      call('broken', 'POST', { retry, on_error: 'end' }),
      call('never', 'GET'),
      { id: 'end', type: 'transform', config: { expression: 'steps.broken.output.error.details.body.reason' } },
    ]);
    expect((await becomes(id, 'completed')).output).toBe('no');
    expect(received.map(({ url, key }) => [url, key])).toEqual([
      ['/flaky', `${id}/flaky`],
      ['/flaky', `${id}/flaky`],
      ['/broken', `${id}/broken`],
    ]);
    expect((await steps(id)).map(({ path, status, attempt }) => [path, status, attempt])).toEqual([
      ['flaky', 'completed', 2],
      ['broken', 'failed', 1],
      ['end', 'completed', 1],
    ]);
  });

  it('parks a delay in the database and goes on after it', async () => {
    const id = await start([{ id: 'd', type: 'delay', config: { for_ms: 300 } }]);
    await becomes(id, 'waiting');
    const { rows } = await pool.query('SELECT owner FROM claims WHERE run_id = $1', [id]);
    expect(rows).toEqual([{ owner: null }]);
    await becomes(id, 'completed');
  });

  it('waits for the job of a mail and takes its result, whoever finished it', async () => {
    const id = await start([{ id: 'm', type: 'email.send', config: { to: 'a@example.com', subject: 's', text: 't' } }]);
    await becomes(id, 'waiting');
    const done = { success: true, data: { accepted: 1 } };
    await pool.query(`UPDATE jobs SET status = 'succeeded', result = $2 WHERE run_id = $1`, [id, done]);
    expect((await becomes(id, 'completed')).output).toEqual({ accepted: 1 });
  });

  it('puts an unsafe call that broke in doubt, holds it, and follows the resolution', async () => {
    answers.set('/post', () => receiver.closeAllConnections());
    const id = await start([call('post', 'POST')]);
    await becomes(id, 'waiting');
    expect(await steps(id)).toMatchObject([{ path: 'post', status: 'in_doubt' }]);
    expect(received).toHaveLength(1);
    await pool.query(
      `WITH woken AS (UPDATE claims SET run_at = now(), woken = true WHERE run_id = $1)
       INSERT INTO run_inbox (id, run_id, kind, payload, user_id) VALUES ($2, $1, 'resolution', $3, $4)`,
      [id, newId(), JSON.stringify({ path: 'post', attempt: 1, outcome: 'succeeded', output: 'it was' }), userId],
    );
    expect((await becomes(id, 'completed')).output).toBe('it was');
    expect(received).toHaveLength(1);
    expect((await pool.query('SELECT FROM run_inbox WHERE run_id = $1', [id])).rowCount).toBe(0);
  });

  it('cancels a running call from the flag in the database, without any message', async () => {
    answers.set('/slow', () => undefined);
    const id = await start([call('slow', 'PUT'), call('after', 'PUT')]);
    await eventually(() => received.length === 1);
    await pool.query('UPDATE claims SET cancel_requested_at = now(), run_at = now(), woken = true WHERE run_id = $1', [
      id,
    ]);
    await becomes(id, 'cancelled');
    expect((await steps(id)).map(({ path, status }) => [path, status])).toEqual([['slow', 'cancelled']]);
    expect(received).toHaveLength(1);
  });

  it('cancels at once when the command comes, and does not mind commands about runs of others', async () => {
    answers.set('/post', () => undefined);
    const id = await start([call('post', 'POST')]);
    await eventually(() => received.length === 1);
    const handlers = commandHandlers(
      app.get(RunClaimer),
      app.get(JobDeliveryService),
      app.get(ActiveRuns),
      app.get(SchedulesService),
    );
    await handlers['run.cancel']({ run_id: newId() });
    await handlers['runs.waiting']({ count: 1 });
    await handlers['run.cancel']({ run_id: id });
    await becomes(id, 'cancelled');
    expect(await steps(id)).toMatchObject([{ path: 'post', status: 'in_doubt' }]);
  });

  it('takes over from a replica whose lease ran out: keyed calls again, unsafe ones in doubt', async () => {
    const dead = newId();
    await pool.query(
      `INSERT INTO replicas (id, service, host, pid, lease_until) VALUES ($1, 'workflow', 'h', 1, now() + interval '1 hour')`,
      [dead],
    );
    const abandoned = async (step: StepDefinition, effect: string): Promise<string> => {
      const workflowId = await createWorkflow([step]);
      const id = newId();
      const started = { type: 'step.started', path: step.id, at: 1, attempt: 1, effect, request_hash: 'another' };
      await pool.query(
        `WITH run AS (INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, trigger, status)
                      VALUES ($1, 30, $2, 1, $3, '{"type":"manual"}', 'running')),
              journal AS (INSERT INTO run_journal (run_id, retention, seq, epoch, entries) VALUES ($1, 30, 1, 1, $4))
         INSERT INTO claims (run_id, retention, workflow_id, version, user_id, owner, epoch) VALUES ($1, 30, $2, 1, $3, $5, 1)`,
        [id, workflowId, userId, JSON.stringify([started]), dead],
      );
      return id;
    };
    const unsafe = await abandoned(call('post', 'POST'), 'unsafe');
    const changed = await abandoned(call('put', 'PUT'), 'keyed');
    await pool.query('UPDATE replicas SET lease_until = now() WHERE id = $1', [dead]);
    for (const id of [unsafe, changed]) {
      await becomes(id, 'waiting');
      expect(await steps(id)).toMatchObject([{ status: 'in_doubt' }]);
    }
    expect(received).toEqual([]);
    const { rows } = await pool.query<{ epoch: number; in_doubt: boolean }>(
      'SELECT epoch, in_doubt FROM claims WHERE run_id = ANY($1::uuid[])',
      [[unsafe, changed]],
    );
    expect(rows).toEqual([
      { epoch: 2, in_doubt: true },
      { epoch: 2, in_doubt: true },
    ]);
  });

  it('gives back what is claimed under its lease and not executed', async () => {
    const { rows } = await pool.query<{ id: string }>(
      `SELECT id FROM replicas WHERE dead_at IS NULL AND service = 'workflow' AND lease_until > now() ORDER BY id DESC LIMIT 1`,
    );
    const id = newId();
    const workflowId = await createWorkflow([{ id: 'a', type: 'transform', config: { expression: '1' } }]);
    await pool.query(
      `WITH run AS (INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, trigger)
                    VALUES ($1, 30, $2, 1, $3, '{"type":"manual"}'))
       INSERT INTO claims (run_id, retention, workflow_id, version, user_id, owner, epoch) VALUES ($1, 30, $2, 1, $3, $4, 1)`,
      [id, workflowId, userId, rows[0]?.id],
    );
    await becomes(id, 'completed');
  });

  it('fails a run whose definition is gone or does not compile, instead of trying for ever', async () => {
    const id = await start([{ id: 'x', type: 'teleport', config: {} }]);
    expect((await becomes(id, 'failed')).error).toMatchObject({ code: 'STEP_CRASHED' });
  });

  it('fails a run whose journal does not fit its definition', async () => {
    const workflowId = await createWorkflow([{ id: 'a', type: 'transform', config: { expression: '1' } }]);
    const id = newId();
    const entries = [{ type: 'step.skipped', path: 'no-such-step', at: 1 }];
    await pool.query(
      `WITH run AS (INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, trigger)
                    VALUES ($1, 30, $2, 1, $3, '{"type":"manual"}')),
            journal AS (INSERT INTO run_journal (run_id, retention, seq, epoch, entries) VALUES ($1, 30, 1, 1, $4))
       INSERT INTO claims (run_id, retention, workflow_id, version, user_id, epoch) VALUES ($1, 30, $2, 1, $3, 1)`,
      [id, workflowId, userId, JSON.stringify(entries)],
    );
    expect((await becomes(id, 'failed')).error).toMatchObject({ code: 'STEP_CRASHED' });
  });

  describe('runs that start runs', () => {
    const child = (workflowId: string, more: Record<string, unknown> = {}): StepDefinition => ({
      id: 'child',
      type: 'workflow.run',
      config: { workflow_id: workflowId, input: { n: '{{ input.n }}' }, ...more },
    });
    const pause: StepDefinition = { id: 'pause', type: 'wait.signal', config: { name: 'go' } };

    it('wait for them and have their output, a tree of them too', async () => {
      const leaf = await createWorkflow([{ id: 'x', type: 'transform', config: { expression: 'input.n * 10' } }]);
      const middle = await createWorkflow([child(leaf)]);
      const loop: StepDefinition = {
        id: 'each',
        type: 'foreach',
        config: {
          items: '[1..5]',
          concurrency: 5,
          steps: [{ ...child(middle), config: { workflow_id: middle, input: { n: '{{ item }}' } } }],
        },
      };
      const id = await start([loop]);
      expect(await becomes(id, 'completed')).toMatchObject({ output: [10, 20, 30, 40, 50] });
      const { rows } = await pool.query<{ depth: number; trigger: { run_id: string } }>(
        `SELECT depth, trigger FROM workflow_runs WHERE trigger->>'type' = 'workflow' AND workflow_id = ANY ($1::uuid[])`,
        [[leaf, middle]],
      );
      expect(rows.map(({ depth }) => depth).toSorted()).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
      expect((await pool.query('SELECT FROM child_runs')).rowCount).toBe(0);
    });

    it('cancel them with themselves', async () => {
      const parent = await start([child(await createWorkflow([pause]))], { n: 1 });
      const childId = await eventually(async () => (await steps(parent)).length > 0 && (await childOf(parent)));
      await becomes(childId, 'waiting');
      await pool.query(
        'UPDATE claims SET cancel_requested_at = now(), run_at = now(), woken = true WHERE run_id = $1',
        [parent],
      );
      await becomes(parent, 'cancelled');
      await becomes(childId, 'cancelled');
      await eventually(async () => (await pool.query('SELECT FROM child_runs')).rowCount === 0);
    });

    it('fail when there is no such workflow of the same owner', async () => {
      const id = await start([child(newId())], { n: 1 });
      expect(await becomes(id, 'failed')).toMatchObject({ error: { code: 'CHILD_RUN_FAILED' } });
    });

    const childOf = async (parent: string): Promise<string> => {
      const sql = `SELECT id FROM workflow_runs WHERE trigger->>'run_id' = $1`;
      return (await pool.query<{ id: string }>(sql, [parent])).rows[0]?.id ?? '';
    };
  });

  it('takes a signal that comes while another branch is at work, and one that came before', async () => {
    const branches = {
      a: [{ id: 'ok', type: 'wait.signal', config: { name: 'go' } }],
      b: [call('slow', 'PUT')],
    };
    let release: () => void = () => undefined;
    answers.set('/slow', (end) => (release = () => end(200)));
    const id = await start([{ id: 'all', type: 'parallel', config: { branches } }]);
    await eventually(async () => received.some(({ url }) => url === '/slow'));
    await pool.query(
      `WITH sent AS (INSERT INTO run_inbox (id, run_id, kind, payload, user_id) VALUES ($1, $2, 'signal', '{"name":"go","payload":7}', $3))
       UPDATE claims SET run_at = least(run_at, now()), woken = true WHERE run_id = $2`,
      [newId(), id, userId],
    );
    // Seen by the run under way: the branch goes on although the call has not come back.
    await eventually(
      async () =>
        app.get(ActiveRuns).has(id) &&
        (await pool.query('SELECT FROM claims WHERE run_id = $1 AND woken', [id])).rowCount === 1,
    );
    release();
    expect(await becomes(id, 'completed')).toMatchObject({ output: { a: { payload: 7, by: userId } } });
    expect((await pool.query('SELECT FROM run_inbox WHERE run_id = $1', [id])).rowCount).toBe(0);
  });
});
