import { ExecuteWorkflowDto, RunAcceptedDto, RunSummaryDto, WorkflowStatusDto } from '@app/contracts';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Scoped } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { Keyed, KeepsItsKey } from '../http/idempotency/keeps-its-key.decorator.js';
import type { KeyedRequest } from '../http/idempotency/keyed-request.js';
import { PageOf } from '../http/page-of.decorator.js';
import type { Page } from '../http/paging.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { RunListQuery } from '../http/run-list.dto.js';
import { WorkflowRunsService } from './workflow-runs.service.js';

@Scoped('workflows:read')
@Controller('workflows/:id')
export class WorkflowRunsController {
  constructor(private readonly runs: WorkflowRunsService) {}

  /** Starts a run. It is committed before this answers. */
  @HttpCode(202)
  @KeepsItsKey()
  @Scoped('workflows:execute')
  @Post('execute')
  execute(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Body() request: ExecuteWorkflowDto,
    @Keyed() keyed: KeyedRequest | undefined,
  ): Promise<RunAcceptedDto> {
    return this.runs.execute(userId, id, request, keyed);
  }

  /** The workflow and its latest 10 runs. */
  @Get('status')
  status(@CurrentUser() { userId }: Caller, @Param('id', IdPipe) id: string): Promise<WorkflowStatusDto> {
    return this.runs.status(userId, id);
  }

  /** The runs of a workflow, the newest first. */
  @PageOf(RunSummaryDto)
  @Scoped('runs:read')
  @Get('runs')
  list(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Query() query: RunListQuery,
  ): Promise<Page<RunSummaryDto>> {
    return this.runs.list(userId, id, query);
  }
}
