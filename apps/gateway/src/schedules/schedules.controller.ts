import { BackfillAcceptedDto, BackfillDto, PauseScheduleDto, ScheduleDto, ScheduleQuery } from '@app/contracts';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Scoped } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { SchedulesService } from './schedules.service.js';

/** Fires that the answer to a change shows. */
const SHOWN = 10;

@Scoped('workflows:read')
@Controller('workflows/:id/schedule')
export class SchedulesController {
  constructor(private readonly schedules: SchedulesService) {}

  /** When a cron workflow fires next, and its latest 20 fires. */
  @Get()
  get(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Query() { count }: ScheduleQuery,
  ): Promise<ScheduleDto> {
    return this.schedules.get(userId, id, count);
  }

  /** Lets nothing fire until it is resumed. */
  @HttpCode(200)
  @Scoped('workflows:write')
  @Post('pause')
  async pause(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Body() request: PauseScheduleDto,
  ): Promise<ScheduleDto> {
    await this.schedules.pause(userId, id, request);
    return this.schedules.get(userId, id, SHOWN);
  }

  /** Lets it fire again from now on. What would have fired meanwhile is not caught up; a backfill does that. */
  @HttpCode(200)
  @Scoped('workflows:write')
  @Post('resume')
  async resume(@CurrentUser() { userId }: Caller, @Param('id', IdPipe) id: string): Promise<ScheduleDto> {
    await this.schedules.resume(userId, id);
    return this.schedules.get(userId, id, SHOWN);
  }

  /** Fires for the scheduled times of the past that have started no run, paused or not. */
  @HttpCode(202)
  @Scoped('workflows:execute')
  @Post('backfill')
  backfill(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Body() request: BackfillDto,
  ): Promise<BackfillAcceptedDto> {
    return this.schedules.backfill(userId, id, request);
  }
}
