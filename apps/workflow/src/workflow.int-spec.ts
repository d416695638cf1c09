import { newId } from '@app/contracts';
import { acceptRuns } from '@app/database';
import { standardBounds, type StepDefinition } from '@app/definition';
import { ProviderPauses } from '@app/providers';
import { eventually } from '@app/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WorkflowService } from '../../../test/workflow/workflow-service.js';
import { EventDispatcher } from './events/event-dispatcher.service.js';
import { commandHandlers } from './handlers.js';
import { JobDeliveryService } from './recovery/job-delivery.service.js';
import { ActiveRuns } from './runs/active-runs.service.js';
import { HandedRuns } from './runs/handed-runs.service.js';
import { RunClaimer } from './runs/run-claimer.service.js';
import { SchedulesService } from './schedules/schedules.service.js';

describe('the workflow service', () => {
  let service: WorkflowService;

  beforeAll(async () => {
    service = await WorkflowService.start();
  });
  beforeEach(() => service.reset());
  afterAll(() => service.stop());

  it('executes steps in order, with outputs of earlier ones, and counts the run', async () => {
    const id = await service.start(
      [
        { id: 'a', type: 'transform', config: { expression: 'input.n + 1' } },
        {
          id: 'r',
          type: 'switch',
          config: { cases: [{ if: 'steps.a.output > 5', steps: [service.call('big', 'PUT')] }] },
        },
        { id: 'b', type: 'transform', config: { expression: '{"a": steps.a.output, "r": steps.r.output.status}' } },
      ],
      { n: 7 },
    );
    const { output, workflow_id } = await service.becomes(id, 'completed');
    expect(output).toEqual({ a: 8, r: 200 });
    expect(service.received).toMatchObject([{ method: 'PUT', url: '/big', key: `${id}/r.big`, body: '{"n":7}' }]);
    await eventually(async () => {
      const stats = await service.pool.query<{ run_count: string }>(
        'SELECT run_count FROM workflow_stats WHERE workflow_id = $1',
        [workflow_id],
      );
      return stats.rows[0]?.run_count === '1';
    });
  });

  it('tries again with the same key, and goes on as on_error says', async () => {
    service.answers.set('/flaky', (end) => end(service.received.length < 2 ? 503 : 200));
    service.answers.set('/broken', (end) => end(400, { reason: 'no' }));
    const retry = { max_attempts: 3, delay_ms: 10, backoff: 1 };
    const id = await service.start([
      service.call('flaky', 'PUT', { retry }),
      service.call('broken', 'POST', { retry, on_error: 'end' }),
      service.call('never', 'GET'),
      { id: 'end', type: 'transform', config: { expression: 'steps.broken.output.error.details.body.reason' } },
    ]);
    expect((await service.becomes(id, 'completed')).output).toBe('no');
    expect(service.received.map(({ url, key }) => [url, key])).toEqual([
      ['/flaky', `${id}/flaky`],
      ['/flaky', `${id}/flaky`],
      ['/broken', `${id}/broken`],
    ]);
    expect((await service.steps(id)).map(({ path, status, attempt }) => [path, status, attempt])).toEqual([
      ['flaky', 'completed', 2],
      ['broken', 'failed', 1],
      ['end', 'completed', 1],
    ]);
  });

  it('fails with what the receiver said, as far as that can be kept', async () => {
    service.answers.set('/nul', (end) => end(500, { 'a\0': 'b\0', half: '\ud800' }));
    service.answers.set('/large', (end) => end(404, { text: 'x'.repeat(2_000_000) }));
    const nul = await service.start([service.call('nul', 'PUT')]);
    const large = await service.start([service.call('large', 'PUT')]);
    const body = { 'a\ufffd': 'b\ufffd', half: '\ufffd' };
    expect((await service.becomes(nul, 'failed')).error).toMatchObject({ details: { status: 500, body } });
    const { error } = await service.becomes(large, 'failed');
    expect(error).toMatchObject({ code: 'HTTP_STATUS', details: { status: 404 } });
    expect(JSON.stringify(error).length).toBeLessThan(70_000);
  });

  it('fails a step that would write down what PostgreSQL cannot keep, whatever type it is of', async () => {
    const bad = String.raw`{{ $join(['a', input.n], "\u0000") }}`;
    const steps: StepDefinition[] = [
      service.call('bad', 'POST', { config: { method: 'POST', url: `${service.receiverUrl}/bad`, body: bad } }),
      { id: 'mail', type: 'email.send', config: { to: 'a@example.com', subject: bad, text: 't' } },
      { id: 'fail', type: 'fail', config: { message: bad } },
      { id: 'script', type: 'script', config: { code: 'throw new Error("\\u0000\\ud800")' } },
    ];
    const runs = await Promise.all(steps.map((step) => service.start([step], { n: 'b' })));
    const ends = await Promise.all(runs.map((id) => service.becomes(id, 'failed')));
    expect(ends.map(({ error }) => error?.code)).toEqual([
      'CONFIG_INVALID',
      'CONFIG_INVALID',
      'CONFIG_INVALID',
      'SCRIPT_FAILED',
    ]);
    expect(service.received).toEqual([]);
  });

  it('parks a delay in the database and goes on after it', async () => {
    const id = await service.start([{ id: 'd', type: 'delay', config: { for_ms: 300 } }]);
    await service.becomes(id, 'waiting');
    const { rows } = await service.pool.query('SELECT owner FROM claims WHERE run_id = $1', [id]);
    expect(rows).toEqual([{ owner: null }]);
    await service.becomes(id, 'completed');
  });

  it('finishes what is under way of a workflow that was deleted meanwhile', async () => {
    const workflow = await service.createWorkflow([
      { id: 'd', type: 'delay', config: { for_ms: 200 } },
      service.call('after', 'PUT'),
    ]);
    const [id, queued] = [await service.execute(workflow), await service.execute(workflow)];
    await service.becomes(id, 'waiting');
    await service.pool.query('UPDATE workflows SET deleted_at = now() WHERE id = $1', [workflow]);
    await Promise.all([id, queued].map((run) => service.becomes(run, 'completed')));
    expect(service.received.map(({ key }) => key).toSorted()).toEqual([`${id}/after`, `${queued}/after`].toSorted());
  });

  it('waits for the job of a mail and takes its result, whoever finished it', async () => {
    const id = await service.start([
      { id: 'm', type: 'email.send', config: { to: 'a@example.com', subject: 's', text: 't' } },
    ]);
    await service.becomes(id, 'waiting');
    const done = { success: true, data: { accepted: 1 } };
    await service.pool.query(`UPDATE jobs SET status = 'succeeded', result = $2 WHERE run_id = $1`, [id, done]);
    expect((await service.becomes(id, 'completed')).output).toEqual({ accepted: 1 });
  });

  it('puts an unsafe call that broke in doubt, holds it, and follows the resolution', async () => {
    service.answers.set('/post', () => service.receiver.closeAllConnections());
    const id = await service.start([service.call('post', 'POST')]);
    await service.becomes(id, 'waiting');
    expect(await service.steps(id)).toMatchObject([{ path: 'post', status: 'in_doubt' }]);
    expect(service.received).toHaveLength(1);
    await service.pool.query(
      `WITH woken AS (UPDATE claims SET run_at = now(), woken = true WHERE run_id = $1)
       INSERT INTO run_inbox (id, run_id, kind, payload, user_id) VALUES ($2, $1, 'resolution', $3, $4)`,
      [
        id,
        newId(),
        JSON.stringify({ path: 'post', attempt: 1, outcome: 'succeeded', output: 'it was' }),
        service.userId,
      ],
    );
    expect((await service.becomes(id, 'completed')).output).toBe('it was');
    expect(service.received).toHaveLength(1);
    expect((await service.pool.query('SELECT FROM run_inbox WHERE run_id = $1', [id])).rowCount).toBe(0);
  });

  it('cancels a running call from the flag in the database, without any message', async () => {
    service.answers.set('/slow', () => undefined);
    const id = await service.start([service.call('slow', 'PUT'), service.call('after', 'PUT')]);
    await eventually(() => service.received.length === 1);
    await service.pool.query(
      'UPDATE claims SET cancel_requested_at = now(), run_at = now(), woken = true WHERE run_id = $1',
      [id],
    );
    await service.becomes(id, 'cancelled');
    expect((await service.steps(id)).map(({ path, status }) => [path, status])).toEqual([['slow', 'cancelled']]);
    expect(service.received).toHaveLength(1);
  });

  const handlersOf = (): ReturnType<typeof commandHandlers> =>
    commandHandlers(
      service.app.get(RunClaimer),
      service.app.get(JobDeliveryService),
      service.app.get(ActiveRuns),
      service.app.get(SchedulesService),
      service.app.get(EventDispatcher),
      service.app.get(ProviderPauses),
      service.app.get(HandedRuns),
    );

  it('cancels at once when the command comes, and does not mind commands about runs of others', async () => {
    service.answers.set('/post', () => undefined);
    const id = await service.start([service.call('post', 'POST')]);
    await eventually(() => service.received.length === 1);
    const handlers = handlersOf();
    await handlers['run.cancel']({ run_id: newId() });
    await handlers['runs.waiting']({ count: 1 });
    await handlers['run.cancel']({ run_id: id });
    await service.becomes(id, 'cancelled');
    expect(await service.steps(id)).toMatchObject([{ path: 'post', status: 'in_doubt' }]);
  });

  it('makes no call that a provider asked another replica not to make', async () => {
    const account = service.receiverUrl;
    await handlersOf()['account.paused']({ user_id: service.userId, account, for_ms: 2_000 });
    const id = await service.start([service.call('told', 'PUT')]);
    await service.becomes(id, 'waiting');
    expect(await service.steps(id)).toMatchObject([{ status: 'waiting', error: { code: 'PROVIDER_PAUSED' } }]);
    expect(service.received).toEqual([]);
    await service.becomes(id, 'completed');
  });

  it('takes over from a replica whose lease ran out: keyed calls again, unsafe ones in doubt', async () => {
    const dead = newId();
    await service.pool.query(
      `INSERT INTO replicas (id, service, host, pid, lease_until) VALUES ($1, 'workflow', 'h', 1, now() + interval '1 hour')`,
      [dead],
    );
    const abandoned = async (step: StepDefinition, effect: string): Promise<string> => {
      const workflowId = await service.createWorkflow([step]);
      const id = newId();
      const started = { type: 'step.started', path: step.id, at: 1, attempt: 1, effect, request_hash: 'another' };
      await service.pool.query(
        `WITH run AS (INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, trigger, status)
                      VALUES ($1, 30, $2, 1, $3, '{"type":"manual"}', 'running')),
              journal AS (INSERT INTO run_journal (run_id, retention, seq, epoch, entries) VALUES ($1, 30, 1, 1, $4))
         INSERT INTO claims (run_id, retention, workflow_id, version, user_id, owner, epoch) VALUES ($1, 30, $2, 1, $3, $5, 1)`,
        [id, workflowId, service.userId, JSON.stringify([started]), dead],
      );
      return id;
    };
    const unsafe = await abandoned(service.call('post', 'POST'), 'unsafe');
    const changed = await abandoned(service.call('put', 'PUT'), 'keyed');
    await service.pool.query('UPDATE replicas SET lease_until = now() WHERE id = $1', [dead]);
    for (const id of [unsafe, changed]) {
      await service.becomes(id, 'waiting');
      expect(await service.steps(id)).toMatchObject([{ status: 'in_doubt' }]);
    }
    expect(service.received).toEqual([]);
    const { rows } = await service.pool.query<{ epoch: number; in_doubt: boolean }>(
      'SELECT epoch, in_doubt FROM claims WHERE run_id = ANY($1::uuid[])',
      [[unsafe, changed]],
    );
    expect(rows).toEqual([
      { epoch: 2, in_doubt: true },
      { epoch: 2, in_doubt: true },
    ]);
  });

  it('gives back what is claimed under its lease and not executed', async () => {
    const { rows } = await service.pool.query<{ id: string }>(
      `SELECT id FROM replicas WHERE dead_at IS NULL AND service = 'workflow' AND lease_until > now() ORDER BY id DESC LIMIT 1`,
    );
    const id = newId();
    const workflowId = await service.createWorkflow([{ id: 'a', type: 'transform', config: { expression: '1' } }]);
    await service.pool.query(
      `WITH run AS (INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, trigger)
                    VALUES ($1, 30, $2, 1, $3, '{"type":"manual"}'))
       INSERT INTO claims (run_id, retention, workflow_id, version, user_id, owner, epoch) VALUES ($1, 30, $2, 1, $3, $4, 1)`,
      [id, workflowId, service.userId, rows[0]?.id],
    );
    await service.becomes(id, 'completed');
  });

  describe('config.on_failure', () => {
    const broken: StepDefinition = { id: 'stop', type: 'fail', config: { message: 'no' } };
    const handler = (): Promise<string> =>
      service.createWorkflow([{ id: 'seen', type: 'transform', config: { expression: 'input.run.status' } }]);
    const runsOf = async (workflowId: string) =>
      (await service.pool.query('SELECT * FROM workflow_runs WHERE workflow_id = $1 ORDER BY id', [workflowId])).rows;
    const mailsAbout = async (runId: string) =>
      (await service.pool.query(`SELECT * FROM jobs WHERE type = 'email.failure' AND run_id = $1`, [runId])).rows;

    it('starts the workflow and asks for the mail in the commit that fails the run', async () => {
      const onFailure = { workflow_id: await handler(), mail: true };
      const workflowId = await service.createWorkflow([broken], { on_failure: onFailure });
      const id = await service.execute(workflowId);
      await service.becomes(id, 'failed');
      // Not a moment later: it was committed together.
      const [started, ...more] = await runsOf(onFailure.workflow_id);
      expect(more).toEqual([]);
      expect(started).toMatchObject({
        trigger: { type: 'workflow', run_id: id, mode: 'on_failure', trouble: 'failed' },
        depth: 1,
        input: {
          run: {
            id,
            workflow_id: workflowId,
            workflow_version: 1,
            status: 'failed',
            error: { code: 'FAILED_BY_STEP', message: 'no', step_id: 'stop' },
            trigger: { type: 'manual' },
          },
        },
      });
      expect(await mailsAbout(id)).toMatchObject([
        {
          user_id: service.userId,
          payload: { trouble: 'failed', run_id: id, workflow_id: workflowId, code: 'FAILED_BY_STEP' },
        },
      ]);
      expect((await service.becomes(started.id, 'completed')).output).toBe('failed');
    });

    it('starts it once for a step that is held in doubt, however often the run is woken', async () => {
      const onFailure = { workflow_id: await handler(), mail: true };
      service.answers.set('/post', () => service.receiver.closeAllConnections());
      const workflowId = await service.createWorkflow([service.call('post', 'POST')], { on_failure: onFailure });
      const id = await service.execute(workflowId);
      await service.becomes(id, 'waiting');
      const epoch = async (): Promise<number> =>
        (await service.pool.query('SELECT epoch FROM claims WHERE run_id = $1 AND owner IS NULL', [id])).rows[0]?.epoch;
      const before = await epoch();
      await service.pool.query('UPDATE claims SET run_at = now(), woken = true WHERE run_id = $1', [id]);
      await eventually(async () => (await epoch()) > before);
      const started = await runsOf(onFailure.workflow_id);
      expect(started).toMatchObject([
        {
          trigger: { mode: 'on_failure', trouble: 'in_doubt', path: 'post', run_id: id },
          input: { run: { id, status: 'in_doubt', path: 'post', error: null } },
        },
      ]);
      expect((await mailsAbout(id)).map(({ payload }) => payload.path)).toEqual(['post']);
    });

    it('starts nothing for a run that completes or is cancelled, nor for a doubt that is settled by itself', async () => {
      const workflow_id = await handler();
      const on = { on_failure: { workflow_id } };
      const good = await service.createWorkflow([{ id: 'a', type: 'transform', config: { expression: '1' } }], on);
      const delay: StepDefinition = { id: 'd', type: 'delay', config: { for_ms: 60_000 } };
      const long = await service.createWorkflow([delay], on);
      service.answers.set('/post', () => service.receiver.closeAllConnections());
      const ignored = service.call('post', 'POST', { on_in_doubt: 'fail', on_error: 'continue' });
      const settled = await service.createWorkflow([ignored], on);
      const [done, cancelled, doubtful] = [
        await service.execute(good),
        await service.execute(long),
        await service.execute(settled),
      ];
      await service.becomes(done, 'completed');
      await service.becomes(cancelled, 'waiting');
      const cancel = 'UPDATE claims SET cancel_requested_at = now(), run_at = now(), woken = true WHERE run_id = $1';
      await service.pool.query(cancel, [cancelled]);
      await service.becomes(cancelled, 'cancelled');
      await service.becomes(doubtful, 'completed');
      expect(await runsOf(workflow_id)).toEqual([]);
    });

    it('ends a circle of workflows that start one another, and still mails', async () => {
      const handlerId = await handler();
      const on = { on_failure: { workflow_id: handlerId, mail: true } };
      const workflowId = await service.createWorkflow([broken], on);
      const ids = [standardBounds.maxCauses - 1, standardBounds.maxCauses].map((depth) => ({ id: newId(), depth }));
      for (const { id, depth } of ids) {
        const trigger = { type: 'manual' as const };
        const rest = { inputJson: null, correlationId: null, tags: [], needsActive: false, dedupeKey: null };
        await acceptRuns(service.pool, [{ id, workflowId, userId: service.userId, trigger, depth, ...rest }]);
        await service.becomes(id, 'failed');
        expect(await mailsAbout(id)).toHaveLength(1);
      }
      expect((await runsOf(handlerId)).map(({ depth }) => depth)).toEqual([standardBounds.maxCauses]);
    });

    it('starts nothing when the workflow is gone, and fails the run all the same', async () => {
      const id = await service.execute(
        await service.createWorkflow([broken], { on_failure: { workflow_id: newId() } }),
      );
      await service.becomes(id, 'failed');
    });
  });

  it('fails a run whose definition is gone or does not compile, instead of trying for ever', async () => {
    const id = await service.start([{ id: 'x', type: 'teleport', config: {} }]);
    expect((await service.becomes(id, 'failed')).error).toMatchObject({ code: 'STEP_CRASHED' });
  });

  it('fails a run whose journal does not fit its definition', async () => {
    const workflowId = await service.createWorkflow([{ id: 'a', type: 'transform', config: { expression: '1' } }]);
    const id = newId();
    const entries = [{ type: 'step.skipped', path: 'no-such-step', at: 1 }];
    await service.pool.query(
      `WITH run AS (INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, trigger)
                    VALUES ($1, 30, $2, 1, $3, '{"type":"manual"}')),
            journal AS (INSERT INTO run_journal (run_id, retention, seq, epoch, entries) VALUES ($1, 30, 1, 1, $4))
       INSERT INTO claims (run_id, retention, workflow_id, version, user_id, epoch) VALUES ($1, 30, $2, 1, $3, 1)`,
      [id, workflowId, service.userId, JSON.stringify(entries)],
    );
    expect((await service.becomes(id, 'failed')).error).toMatchObject({ code: 'STEP_CRASHED' });
  });
});
