import { waitingJobs } from '@app/contracts';
import { stepKind, type StepDefinition } from '@app/definition';
import { eventually } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WorkflowService } from '../../../test/workflow/workflow-service.js';
import type { JobStepType } from './steps/job-step/job-step.runner.js';

let service: WorkflowService;

beforeAll(async () => (service = await WorkflowService.start()));
afterAll(() => service.stop());

const types = Object.keys(waitingJobs).filter((type): type is JobStepType => type !== 'external.task');
/** What the examples of the types read. */
const input = {
  title: 'a title',
  text: 'a text',
  name: 'a name',
  image: 'aW1hZ2U=',
  challenge_id: 'a challenge',
  frame: 'ZnJhbWU=',
  content_id: '00000000-0000-7000-8000-000000000001',
};

interface JobRow {
  type: string;
  status: string;
  user_id: string;
  payload: { config: object; idempotency_key: string };
}

async function jobsOf(runId: string): Promise<JobRow[]> {
  const sql = 'SELECT type, status, user_id, payload FROM jobs WHERE run_id = $1';
  return (await service.pool.query<JobRow>(sql, [runId])).rows;
}

const end = (runId: string, status: string, result: object): Promise<unknown> =>
  service.pool.query('UPDATE jobs SET status = $2, result = $3, processed_at = now() WHERE run_id = $1', [
    runId,
    status,
    JSON.stringify(result),
  ]);

describe.each(types)('%s', (type) => {
  const step = (more: Partial<StepDefinition> = {}): StepDefinition => {
    return { id: 'do', type, config: { ...stepKind(type).examples[0] }, ...more };
  };

  it('is one job with the config as it is resolved, and the step has its result', async () => {
    const id = await service.start([step()], input);
    await service.becomes(id, 'waiting');
    const jobs = await jobsOf(id);
    expect(jobs).toMatchObject([{ type, status: 'queued', user_id: service.userId }]);
    const { config, idempotency_key } = jobs[0]!.payload;
    expect(idempotency_key).toBe(`${id}/do`);
    expect(Object.keys(config).toSorted()).toEqual(Object.keys(step().config).toSorted());
    expect(JSON.stringify(config)).not.toContain('{{');
    await end(id, 'succeeded', { success: true, data: { made: type } });
    expect(await service.becomes(id, 'completed')).toMatchObject({ output: { made: type } });
  });

  it('is held in doubt when nobody knows what became of the job', async () => {
    const id = await service.start([step()], input);
    await service.becomes(id, 'waiting');
    await end(id, 'in_doubt', { success: false });
    await eventually(async () => (await service.steps(id))[0]?.status === 'in_doubt');
    expect(await jobsOf(id)).toHaveLength(1);
  });

  it('is given up when its time is over', async () => {
    const id = await service.start([step({ timeout_ms: 50 })], input);
    expect(await service.becomes(id, 'failed')).toMatchObject({ error: { code: 'TIMEOUT', step_id: 'do' } });
    const cancelled = await service.pool.query(
      'SELECT FROM jobs WHERE run_id = $1 AND cancel_requested_at IS NOT NULL',
      [id],
    );
    expect(cancelled.rowCount).toBe(1);
  });
});
