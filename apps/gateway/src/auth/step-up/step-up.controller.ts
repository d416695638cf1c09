import { StepUpDto, SteppedUpDto } from '@app/contracts';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Authenticated } from '../../http/access/access.decorators.js';
import type { Caller } from '../../http/access/caller.js';
import { CurrentUser } from '../../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../../http/device.decorator.js';
import { Throttled } from '../../http/rate-limit/throttled.decorator.js';
import { ThrottledAction } from '../../http/rate-limit/throttled-action.js';
import { StepUpService } from './step-up.service.js';

@Controller('auth/step-up')
export class StepUpController {
  constructor(private readonly stepUp: StepUpService) {}

  /** Proves again who is asking, which sensitive actions want. */
  @Authenticated()
  @HttpCode(200)
  @Throttled(ThrottledAction.StepUp)
  @Post()
  prove(@Body() body: StepUpDto, @CurrentUser() caller: Caller, @FromDevice() device: Device): Promise<SteppedUpDto> {
    return this.stepUp.prove(body, caller, device);
  }
}
