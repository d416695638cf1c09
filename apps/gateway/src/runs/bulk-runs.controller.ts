import { BulkResultDto, BulkRunsDto } from '@app/contracts';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Scoped } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { BulkRunsService } from './bulk-runs.service.js';

@Scoped('runs:write')
@Controller('runs/bulk')
export class BulkRunsController {
  constructor(private readonly runs: BulkRunsService) {}

  /** Does the same to all runs that a filter leaves, up to 5,000 in one request. */
  @HttpCode(202)
  @Post()
  act(@CurrentUser() { userId }: Caller, @Body() { filter, action }: BulkRunsDto): Promise<BulkResultDto> {
    switch (action) {
      case 'cancel':
        return this.runs.cancel(userId, filter);
    }
  }
}
