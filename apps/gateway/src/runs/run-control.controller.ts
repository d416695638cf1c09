import { ResolveStepDto, RetryRunDto, RunAcceptedDto, RunRequestedDto, SignalRunDto } from '@app/contracts';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Scoped } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { MadeId } from '../http/idempotency/made-id.decorator.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { RetryService } from './retry/retry.service.js';
import { RunControlService } from './run-control.service.js';
import { RunSignalsService } from './run-signals.service.js';
import { SignalNamePipe } from './signal-name.pipe.js';
import { StepResolutionService } from './step-resolution.service.js';

@Scoped('runs:write')
@Controller('runs/:id')
export class RunControlController {
  constructor(
    private readonly control: RunControlService,
    private readonly resolutions: StepResolutionService,
    private readonly retries: RetryService,
    private readonly signals: RunSignalsService,
  ) {}

  /** Stops a run that is not over. */
  @HttpCode(202)
  @Post('cancel')
  async cancel(@CurrentUser() { userId }: Caller, @Param('id', IdPipe) id: string): Promise<RunRequestedDto> {
    await this.control.cancel(userId, id);
    return { run_id: id, message: 'The run is being cancelled.' };
  }

  /** Does a run again, as a new one: from what failed or was stopped, or from the start. */
  @HttpCode(202)
  @Post('retry')
  retry(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Body() request: RetryRunDto,
    @MadeId() newRunId: string,
  ): Promise<RunAcceptedDto> {
    return this.retries.retry(userId, id, request, newRunId);
  }

  /** Says how a step ended of which nobody knows it. */
  @HttpCode(202)
  @Post('steps/:path/resolve')
  async resolve(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Param('path') path: string,
    @Body() resolution: ResolveStepDto,
  ): Promise<RunRequestedDto> {
    await this.resolutions.resolve(userId, id, path, resolution);
    return { run_id: id, message: 'The step is resolved; a run that is not over goes on.' };
  }

  /** Sends a signal: an approval, or what a callback brought. A step that waits for it goes on, now or later. */
  @HttpCode(202)
  @Post('signals/:name')
  async signal(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Param('name', SignalNamePipe) name: string,
    @Body() signal: SignalRunDto,
  ): Promise<RunRequestedDto> {
    await this.signals.send(userId, id, name, signal);
    return { run_id: id, message: `The signal ${name} is recorded.` };
  }
}
