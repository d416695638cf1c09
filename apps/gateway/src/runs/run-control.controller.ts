import { ResolveStepDto, type RunRequestedDto } from '@app/contracts';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Authenticated } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { ResourceId } from '../http/resource-id.pipe.js';
import { RunControlService } from './run-control.service.js';
import { StepResolutionService } from './step-resolution.service.js';

@Controller('runs/:id')
@Authenticated()
export class RunControlController {
  constructor(
    private readonly control: RunControlService,
    private readonly resolutions: StepResolutionService,
  ) {}

  /** Stops a run that is not over. */
  @Post('cancel')
  @HttpCode(202)
  async cancel(
    @CurrentUser() { userId }: Caller,
    @Param('id', new ResourceId('run')) id: string,
  ): Promise<RunRequestedDto> {
    await this.control.cancel(userId, id);
    return { run_id: id, message: 'The run is being cancelled.' };
  }

  /** Says how a step ended of which nobody knows it. */
  @Post('steps/:path/resolve')
  @HttpCode(202)
  async resolve(
    @CurrentUser() { userId }: Caller,
    @Param('id', new ResourceId('run')) id: string,
    @Param('path') path: string,
    @Body() resolution: ResolveStepDto,
  ): Promise<RunRequestedDto> {
    await this.resolutions.resolve(userId, id, path, resolution);
    return { run_id: id, message: 'The step is resolved and the run goes on.' };
  }
}
