import {
  AllRunsQuery,
  newId,
  RunStatus,
  RunTriggerType,
  type ExecuteWorkflowDto,
  type RunAcceptedDto,
  type RunListQuery,
  type RunSummaryDto,
  type WorkflowStatusDto,
} from '@app/contracts';
import { Injectable } from '@nestjs/common';
import type { KeyedRequest } from '../http/idempotency/keyed-request.js';
import type { Page } from '../http/paging.js';
import { RunAcceptor } from '../runs/run-acceptor.service.js';
import { RunsService } from '../runs/runs.service.js';
import { WorkflowsService } from './workflows.service.js';

/** How many runs the status shows. */
const LATEST_RUNS = 10;

/** The runs of one workflow. */
@Injectable()
export class WorkflowRunsService {
  constructor(
    private readonly workflows: WorkflowsService,
    private readonly runs: RunsService,
    private readonly acceptor: RunAcceptor,
  ) {}

  /**
   * Starts a run by hand, on an active workflow or not.
   * @throws AppError NOT_FOUND, IDEMPOTENCY_MISMATCH when the request's key has an answer
   */
  async execute(
    userId: string,
    workflowId: string,
    request: ExecuteWorkflowDto,
    keyed: KeyedRequest | undefined,
  ): Promise<RunAcceptedDto> {
    const { input, tags = [], correlation_id = null } = request;
    const id = newId();
    const answer = { run_id: id, status: RunStatus.Pending, message: 'The run is accepted.' };
    await this.acceptor.accept({
      id,
      workflowId,
      userId,
      trigger: { type: RunTriggerType.Manual },
      inputJson: input === undefined ? null : JSON.stringify(input),
      correlationId: correlation_id,
      tags,
      needsActive: false,
      dedupeKey: null,
      keyed: keyed && { ...keyed, answer: JSON.stringify(answer) },
    });
    return answer;
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
