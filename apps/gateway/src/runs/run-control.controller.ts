import { ResolveStepDto, RunRequestedDto } from '@app/contracts';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Scoped } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { RunControlService } from './run-control.service.js';
import { StepResolutionService } from './step-resolution.service.js';

@Scoped('runs:write')
@Controller('runs/:id')
export class RunControlController {
  constructor(
    private readonly control: RunControlService,
    private readonly resolutions: StepResolutionService,
  ) {}

  /** Stops a run that is not over. */
  @HttpCode(202)
  @Post('cancel')
  async cancel(@CurrentUser() { userId }: Caller, @Param('id', IdPipe) id: string): Promise<RunRequestedDto> {
    await this.control.cancel(userId, id);
    return { run_id: id, message: 'The run is being cancelled.' };
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
    return { run_id: id, message: 'The step is resolved and the run goes on.' };
  }
}
