import {
  notFound,
  RunStatus,
  validationFailed,
  type JournalEntry,
  type StepEffectDto,
  type StepTestAcceptedDto,
  type TestStepDto,
} from '@app/contracts';
import { inTransaction } from '@app/database';
import { isStepType, stepKind, type StepDefinition } from '@app/definition';
import { CommandBus } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { RunQuotaService } from '../../quotas/run-quota.service.js';
import { pinned } from './pinned.js';
import { placeOf, withInside } from './step-place.js';
import { acceptTestSql, testedWorkflowSql } from './step-test.sql.js';

/** Runs of one step by itself, with pinned outputs (ADR 23). */
@Injectable()
export class StepTestService {
  constructor(
    private readonly pool: Pool,
    private readonly bus: CommandBus<'gateway'>,
    private readonly quota: RunQuotaService,
  ) {}

  /**
   * Accepts a run of one step of the workflow as it is now, on an active workflow or not.
   * @param id of the new run; asked again for one that is there, it answers with that
   * @throws AppError NOT_FOUND, VALIDATION_FAILED for an unknown step and for what it cannot see, QUOTA_EXCEEDED
   */
  async test(userId: string, workflowId: string, request: TestStepDto, id: string): Promise<StepTestAcceptedDto> {
    if (this.quota.isSet) await this.quota.take(userId);
    const step = await inTransaction(this.pool, (client) => accept(client, { userId, workflowId, id }, request));
    this.bus.publish('runs.waiting', { count: 1 });
    const effects = withInside(step).map(effectOf);
    return { run_id: id, status: RunStatus.Pending, message: 'The test of the step is accepted.', effects };
  }
}

async function accept(
  client: PoolClient,
  { userId, workflowId, id }: { userId: string; workflowId: string; id: string },
  request: TestStepDto,
): Promise<StepDefinition> {
  const { rows } = await client.query<{ version: number; steps: StepDefinition[] }>(testedWorkflowSql, [
    workflowId,
    userId,
  ]);
  const [workflow] = rows;
  if (workflow === undefined) throw notFound('workflow');
  const place = placeOf(workflow.steps, request.step);
  if (place === undefined) {
    const message = `is not the id of a step of the workflow's version ${workflow.version}`;
    throw validationFailed([{ field: 'step', message }]);
  }
  const seen = pinned(place, request);
  if (seen.errors !== undefined) throw validationFailed(seen.errors);
  const { outputs, turns } = seen;
  const entry: JournalEntry = { type: 'step.pinned', path: request.step, at: Date.now(), outputs, turns };
  const input = request.input === undefined ? null : JSON.stringify(request.input);
  await client.query(acceptTestSql, [id, workflowId, request.step, input, JSON.stringify([entry])]);
  return place.step;
}

function effectOf(step: StepDefinition): StepEffectDto {
  const { id, type } = step;
  return { step_id: id, type, effect: isStepType(type) ? stepKind(type).effect(step) : 'unsafe' };
}
