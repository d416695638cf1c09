import {
  AppError,
  newId,
  RunStatus,
  RunTriggerType,
  type ExecuteWorkflowDto,
  type RunAcceptedDto,
  type RunSummaryDto,
  type WorkflowStatusDto,
} from '@app/contracts';
import type { RunRequest } from '@app/database';
import { callersTrace } from '@app/observability';
import { Injectable } from '@nestjs/common';
import type { KeyedRequest } from '../http/idempotency/keyed-request.js';
import type { Page } from '../http/paging.js';
import { RunAcceptor } from '../runs/run-acceptor.service.js';
import { AllRunsQuery, type RunListQuery } from '../http/run-list.dto.js';
import { RunsService } from '../runs/runs.service.js';
import { InputSchemas } from './input-schema/input-schemas.service.js';
import { WorkflowsService } from './workflows.service.js';

/** How many runs the status shows. */
const LATEST_RUNS = 10;
/** How often an input is checked again because the workflow changed meanwhile. */
const MOST_TURNS = 5;

/** The runs of one workflow. */
@Injectable()
export class WorkflowRunsService {
  constructor(
    private readonly workflows: WorkflowsService,
    private readonly runs: RunsService,
    private readonly acceptor: RunAcceptor,
    private readonly inputSchemas: InputSchemas,
  ) {}

  /**
   * Starts a run by hand, on an active workflow or not.
   * @throws AppError NOT_FOUND, VALIDATION_FAILED when the input is not what the workflow takes, IDEMPOTENCY_MISMATCH when the request's key has an answer
   */
  async execute(
    userId: string,
    workflowId: string,
    request: ExecuteWorkflowDto,
    keyed: KeyedRequest | undefined,
  ): Promise<RunAcceptedDto> {
    const { input, tags = [], correlation_id = null } = request;
    const inputJson = input === undefined ? null : JSON.stringify(input);
    const id = newId();
    const answer = { run_id: id, status: RunStatus.Pending, message: 'The run is accepted.' };
    const run: RunRequest = {
      id,
      workflowId,
      userId,
      trigger: { type: RunTriggerType.Manual, ...callersTrace() },
      inputJson,
      correlationId: correlation_id,
      tags,
      needsActive: false,
      dedupeKey: null,
      keyed: keyed && { ...keyed, answer: JSON.stringify(answer) },
    };
    await this.acceptChecked(run);
    return answer;
  }

  /** The input is checked first: against the schema of the very version that is then accepted. */
  private async acceptChecked(run: RunRequest): Promise<void> {
    const { userId, workflowId, inputJson } = run;
    let inputCheckedFor = await this.inputSchemas.check(userId, workflowId, inputJson);
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      const { isUnchecked } = await this.acceptor.accept({ ...run, inputCheckedFor });
      if (!isUnchecked) return;
      inputCheckedFor = await this.inputSchemas.checkAgain(userId, workflowId, inputJson);
    }
    const message = 'The workflow is being changed. Nothing was started, try again.';
    throw new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'transient', message, retryAfterS: 1 });
  }

  /** @throws AppError NOT_FOUND */
  async list(userId: string, workflowId: string, query: RunListQuery): Promise<Page<RunSummaryDto>> {
    await this.workflows.assertExists(userId, workflowId);
    return this.runs.list(userId, Object.assign(new AllRunsQuery(), query, { workflow_id: workflowId }));
  }

  /** @throws AppError NOT_FOUND */
  async status(userId: string, workflowId: string): Promise<WorkflowStatusDto> {
    const { id, name, trigger_type, version, status } = await this.workflows.get(userId, workflowId);
    const isRunning = await this.runs.hasUnfinished(workflowId);
    return {
      workflow: { id, name, trigger_type, version, status: isRunning ? 'running' : status },
      runs: await this.runs.latest(userId, workflowId, LATEST_RUNS),
    };
  }
}
