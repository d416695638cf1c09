import { Module } from '@nestjs/common';
import { ScheduleKeeper } from './schedule-keeper.service.js';
import { SchedulesController } from './schedules.controller.js';
import { SchedulesService } from './schedules.service.js';

/** Schedules of cron workflows. */
@Module({
  controllers: [SchedulesController],
  providers: [SchedulesService, ScheduleKeeper],
  exports: [ScheduleKeeper],
})
export class SchedulesModule {}
