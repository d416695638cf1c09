import { StepTestAcceptedDto, TestStepDto } from '@app/contracts';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Scoped } from '../../http/access/access.decorators.js';
import type { Caller } from '../../http/access/caller.js';
import { CurrentUser } from '../../http/access/current-user.decorator.js';
import { MadeId } from '../../http/idempotency/made-id.decorator.js';
import { IdPipe } from '../../http/validation/id.pipe.js';
import { StepTestService } from './step-test.service.js';

@Scoped('workflows:execute')
@Controller('workflows/:id')
export class StepTestController {
  constructor(private readonly tests: StepTestService) {}

  /** Runs one step of the workflow by itself, for real, with pinned outputs of the steps before it. */
  @HttpCode(202)
  @Post('test')
  test(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Body() request: TestStepDto,
    @MadeId() runId: string,
  ): Promise<StepTestAcceptedDto> {
    return this.tests.test(userId, id, request, runId);
  }
}
