import { EngineConfig } from '@app/config';
import { newId, type RunsHanded } from '@app/contracts';
import { acceptRuns, type RunRequest } from '@app/database';
import type { StepDefinition } from '@app/definition';
import type { CommandBus } from '@app/messaging';
import { eventually } from '@app/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RunHandOver } from '../../apps/gateway/src/runs/hand-over/run-hand-over.service.js';
import { ReplicaService } from '../../apps/workflow/src/replica/replica.service.js';
import { ActiveRuns } from '../../apps/workflow/src/runs/active-runs.service.js';
import { HandedRuns } from '../../apps/workflow/src/runs/handed-runs.service.js';
import { RunClaimer } from '../../apps/workflow/src/runs/run-claimer.service.js';
import { WorkflowService } from './workflow-service.js';

describe('a run that was accepted in the name of a replica', () => {
  let service: WorkflowService;

  beforeAll(async () => {
    service = await WorkflowService.start();
  });
  beforeEach(() => service.reset());
  afterAll(() => service.stop());

  const handed = (message: RunsHanded): Promise<void> => service.app.get(HandedRuns).begin(message);

  /** Runs of one workflow, accepted and handed over as a gateway does it. */
  async function acceptMany(
    count: number,
    steps: StepDefinition[],
    config = {},
  ): Promise<{ ids: string[]; message: RunsHanded }> {
    const workflowId = await service.createWorkflow(steps, config);
    const requests = Array.from({ length: count }, (): RunRequest => ({
      id: newId(),
      workflowId,
      userId: service.userId,
      trigger: { type: 'manual' },
      inputJson: '{"n":1}',
      correlationId: null,
      tags: [],
      needsActive: false,
      dedupeKey: null,
      owner: service.app.get(ReplicaService).id(),
    }));
    const published: RunsHanded[] = [];
    const bus = { isUp: () => true, publish: (_: string, payload: RunsHanded) => published.push(payload) };
    const accepted = await acceptRuns(service.pool, requests);
    new RunHandOver(bus as unknown as CommandBus<'gateway'>).tell(requests, accepted);
    const [message] = published;
    if (message === undefined) throw new Error('No run was handed over.');
    return { ids: requests.map(({ id }) => id), message };
  }

  async function accept(steps: StepDefinition[], config = {}): Promise<{ id: string; message: RunsHanded }> {
    const { ids, message } = await acceptMany(1, steps, config);
    return { id: ids[0] ?? '', message };
  }

  it('is executed when the replica is told, and once though it is told again, also when it is over', async () => {
    const { id, message } = await accept([service.call('one', 'PUT')]);
    await Promise.all([handed(message), handed(message)]);
    await service.becomes(id, 'completed');
    await handed(message);
    await service.becomes(await service.start([service.call('two', 'PUT')]), 'completed');
    expect(service.received.map(({ url }) => url)).toEqual(['/one', '/two']);
  });

  it('is executed though nobody tells: it is found, and given back, and a message that comes late begins nothing', async () => {
    const { id, message } = await accept([service.call('one', 'PUT')]);
    await service.becomes(id, 'completed');
    expect(service.received).toHaveLength(1);
    const begin = vi.spyOn(service.app.get(RunClaimer), 'begin');
    await handed(message);
    expect(begin.mock.calls).toEqual([[message.owner, []]]);
    begin.mockRestore();
  });

  it('is left alone by other replicas, and what is no list of runs harms nothing', async () => {
    const { id, message } = await accept([service.call('one', 'PUT')]);
    await handed({ ...message, owner: newId() });
    await handed({ ...message, runs: '[{}]' });
    await service.becomes(id, 'completed');
    expect(service.received).toHaveLength(1);
  });

  it('waits for its slot when its workflow limits its runs', async () => {
    const waiting: (() => void)[] = [];
    service.answers.set('/one', (end) => void waiting.push(() => end(200)));
    const limits = { concurrency: { max: 1 } };
    const workflow = await accept([service.call('one', 'PUT')], { limits });
    await handed(workflow.message);
    await eventually(() => waiting.length === 1);
    const { rows } = await service.pool.query('SELECT FROM run_slots WHERE run_id = $1 AND NOT freed', [workflow.id]);
    expect(rows).toHaveLength(1);
    expect(service.app.get(RunClaimer).freeRoom()).toBe(511);
    waiting[0]?.();
    await service.becomes(workflow.id, 'completed');
  });

  it('is given back at once where there is no room, and executed when there is', async () => {
    const config = service.app.get(EngineConfig);
    const { concurrency } = config;
    config.concurrency = 2;
    const waiting: (() => void)[] = [];
    service.answers.set('/one', (end) => void waiting.push(() => end(200)));
    try {
      const { ids, message } = await acceptMany(4, [service.call('one', 'PUT')]);
      await handed(message);
      await eventually(() => waiting.length === 2);
      const { rows } = await service.pool.query('SELECT FROM claims WHERE owner IS NULL');
      expect(rows).toHaveLength(2);
      expect(service.app.get(RunClaimer).freeRoom()).toBe(0);
      for (const answer of waiting.splice(0)) answer();
      await eventually(() => waiting.length === 2);
      for (const answer of waiting.splice(0)) answer();
      for (const id of ids) await service.becomes(id, 'completed');
    } finally {
      config.concurrency = concurrency;
    }
  });

  it('finds so much less room as the claim brings that is under way', async () => {
    const config = service.app.get(EngineConfig);
    const { concurrency } = config;
    const waiting: (() => void)[] = [];
    service.answers.set('/one', (end) => void waiting.push(() => end(200)));
    const holder = await service.pool.connect();
    try {
      config.concurrency = 0;
      const claimed = [
        await service.start([service.call('one', 'PUT')]),
        await service.start([service.call('one', 'PUT')]),
      ];
      const { ids, message } = await acceptMany(2, [service.call('one', 'PUT')]);
      // The claim cannot end before the others are handed over.
      await holder.query('BEGIN; LOCK TABLE claims IN EXCLUSIVE MODE');
      config.concurrency = 2;
      service.app.get(RunClaimer).wake();
      const blocked = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%SKIP LOCKED%'`;
      await eventually(async () => (await service.pool.query(blocked)).rowCount === 1);
      const begun = handed(message);
      await holder.query('COMMIT');
      await begun;
      await eventually(() => waiting.length === 2);
      expect(service.app.get(ActiveRuns).held).toEqual(new Map([[service.userId, 2]]));
      for (let left = 4; left > 0; left -= 2) {
        await eventually(() => waiting.length === 2);
        for (const answer of waiting.splice(0)) answer();
      }
      for (const id of [...claimed, ...ids]) await service.becomes(id, 'completed');
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
      config.concurrency = concurrency;
    }
  });

  it('is seen when it is cancelled before it began', async () => {
    const { id, message } = await accept([{ id: 'd', type: 'delay', config: { for_ms: 600_000 } }]);
    await service.pool.query('UPDATE claims SET cancel_requested_at = now(), woken = true WHERE run_id = $1', [id]);
    await handed(message);
    await service.becomes(id, 'cancelled');
  });
});
