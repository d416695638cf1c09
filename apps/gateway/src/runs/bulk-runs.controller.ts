import { BulkAction, BulkResultDto, BulkRunsDto } from '@app/contracts';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Scoped } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { BulkRunsService } from './bulk-runs.service.js';
import { BulkRetryService } from './retry/bulk-retry.service.js';

@Scoped('runs:write')
@Controller('runs/bulk')
export class BulkRunsController {
  constructor(
    private readonly runs: BulkRunsService,
    private readonly retries: BulkRetryService,
  ) {}

  /** Does the same to all runs that a filter leaves, in one request up to 5,000 that are cancelled or 1,000 that are retried. */
  @HttpCode(202)
  @Post()
  act(@CurrentUser() { userId }: Caller, @Body() request: BulkRunsDto): Promise<BulkResultDto> {
    switch (request.action) {
      case BulkAction.Cancel:
        return this.runs.cancel(userId, request);
      case BulkAction.Retry:
        return this.retries.retry(userId, request);
    }
  }
}
