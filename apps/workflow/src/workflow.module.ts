import { ConfigModule, DatabaseConfig, ProcessName, RedisConfig, ServiceConfig } from '@app/config';
import { ServiceName } from '@app/contracts';
import { DatabaseModule } from '@app/database';
import { MessagingModule, SharedPermitsModule } from '@app/messaging';
import { ObservabilityModule } from '@app/observability';
import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { executionConfig, ExecutionModule } from './execution.module.js';
import { PartitionsService } from './history/partitions.service.js';
import { HistoryMetrics } from './history/retention/history.metrics.js';
import { RetentionService } from './history/retention/retention.service.js';
import { ScheduleMetrics } from './schedules/schedule.metrics.js';
import { SchedulesService } from './schedules/schedules.service.js';

/** The workflow service: takes runs forward, starts those that are scheduled, and keeps their history in bounds. */
@Module({
  imports: [
    ConfigModule.forRoot([ServiceConfig, DatabaseConfig, RedisConfig, ...executionConfig], ProcessName.Workflow),
    ObservabilityModule.forProcess(ProcessName.Workflow),
    DatabaseModule,
    MessagingModule.forService(ServiceName.Workflow),
    SharedPermitsModule,
    ExecutionModule,
  ],
  providers: [PartitionsService, ScheduleMetrics, SchedulesService, HistoryMetrics, RetentionService],
})
export class WorkflowModule implements OnApplicationBootstrap {
  constructor(
    private readonly partitions: PartitionsService,
    private readonly schedules: SchedulesService,
    private readonly retention: RetentionService,
  ) {}

  onApplicationBootstrap(): void {
    for (const part of [this.partitions, this.retention, this.schedules]) part.start();
  }
}
