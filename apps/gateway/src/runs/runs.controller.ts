import { StepListQuery, RunDto, RunStepDto, RunSummaryDto } from '@app/contracts';
import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { Scoped } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../http/device.decorator.js';
import { PageOf } from '../http/page-of.decorator.js';
import type { Page } from '../http/paging.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { AllRunsQuery } from '../http/run-list.dto.js';
import { RunStepsService } from './run-steps.service.js';
import { RunsService } from './runs.service.js';

@Scoped('runs:read')
@Controller('runs')
export class RunsController {
  constructor(
    private readonly runs: RunsService,
    private readonly steps: RunStepsService,
  ) {}

  /** My runs over all workflows, newest first. */
  @PageOf(RunSummaryDto)
  @Get()
  list(@CurrentUser() { userId }: Caller, @Query() query: AllRunsQuery): Promise<Page<RunSummaryDto>> {
    return this.runs.list(userId, query);
  }

  /** One run. */
  @Get(':id')
  get(@CurrentUser() { userId }: Caller, @Param('id', IdPipe) id: string): Promise<RunDto> {
    return this.runs.get(userId, id);
  }

  /** The steps of a run, in the order in which they began. */
  @PageOf(RunStepDto)
  @Get(':id/steps')
  listSteps(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Query() query: StepListQuery,
  ): Promise<Page<RunStepDto>> {
    return this.steps.list(userId, id, query);
  }

  /** Deletes a finished run with its history. */
  @HttpCode(204)
  @Scoped('runs:write')
  @Delete(':id')
  remove(@CurrentUser() caller: Caller, @Param('id', IdPipe) id: string, @FromDevice() device: Device): Promise<void> {
    return this.runs.remove(caller, id, device);
  }
}
