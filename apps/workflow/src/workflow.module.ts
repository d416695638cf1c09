import { BlobsModule } from '@app/blobs';
import {
  BoundsConfig,
  BlobsConfig,
  ConfigModule,
  DatabaseConfig,
  EgressConfig,
  EncryptionConfig,
  EngineConfig,
  ProcessName,
  QuotaConfig,
  RedisConfig,
  ScriptsConfig,
  ServiceConfig,
} from '@app/config';
import { ServiceName } from '@app/contracts';
import { DatabaseModule } from '@app/database';
import { EgressClient } from '@app/egress';
import { MessagingModule } from '@app/messaging';
import { ObservabilityModule } from '@app/observability';
import { KeyRing } from '@app/security';
import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Pool } from 'pg';
import { DefinitionCache } from './definitions/definition-cache.service.js';
import { EventDispatcher } from './events/event-dispatcher.service.js';
import { EventMetrics } from './events/event.metrics.js';
import { PartitionsService } from './history/partitions.service.js';
import { HistoryMetrics } from './history/retention/history.metrics.js';
import { RetentionService } from './history/retention/retention.service.js';
import { FamilyDeliveryService } from './recovery/family-delivery.service.js';
import { JobDeliveryService } from './recovery/job-delivery.service.js';
import { RecoveryService } from './recovery/recovery.service.js';
import { ReplicaService } from './replica/replica.service.js';
import { ActiveRuns } from './runs/active-runs.service.js';
import { OwnedRuns } from './runs/owned-runs.service.js';
import { RunClaimer } from './runs/run-claimer.service.js';
import { RunExecutor } from './runs/run-executor.service.js';
import { RunQueue } from './runs/limits/run-queue.service.js';
import { RunMetrics } from './runs/run.metrics.js';
import { RunWriter } from './runs/run-writer.service.js';
import { ScheduleMetrics } from './schedules/schedule.metrics.js';
import { SchedulesService } from './schedules/schedules.service.js';
import { ScriptThreads } from './steps/script/script-threads.js';
import { SecretReader } from './steps/secrets/secret-reader.js';
import { StatsService } from './stats/stats.service.js';
import { StepExecutor } from './runs/execution/step-executor.js';
import { StepsService } from './steps/steps.service.js';

/** The workflow service: claims runs, executes their steps, recovers what others left. */
@Module({
  imports: [
    ConfigModule.forRoot(
      [
        ServiceConfig,
        DatabaseConfig,
        RedisConfig,
        EngineConfig,
        BoundsConfig,
        ScriptsConfig,
        EgressConfig,
        EncryptionConfig,
        BlobsConfig,
        QuotaConfig,
      ],
      ProcessName.Workflow,
    ),
    ObservabilityModule.forProcess(ProcessName.Workflow),
    DatabaseModule,
    BlobsModule,
    MessagingModule.forService(ServiceName.Workflow),
  ],
  providers: [
    ActiveRuns,
    ReplicaService,
    DefinitionCache,
    RunWriter,
    RunMetrics,
    RunExecutor,
    RunQueue,
    RunClaimer,
    OwnedRuns,
    RecoveryService,
    JobDeliveryService,
    FamilyDeliveryService,
    StatsService,
    StepsService,
    PartitionsService,
    ScheduleMetrics,
    SchedulesService,
    EventDispatcher,
    EventMetrics,
    HistoryMetrics,
    RetentionService,
    {
      provide: SecretReader,
      inject: [Pool, EncryptionConfig],
      useFactory: (pool: Pool, { keys }: EncryptionConfig) => new SecretReader(pool, new KeyRing(keys)),
    },
    {
      provide: ScriptThreads,
      inject: [ScriptsConfig],
      useFactory: (config: ScriptsConfig) => new ScriptThreads(config),
    },
    { provide: EgressClient, inject: [EgressConfig], useFactory: (config: EgressConfig) => new EgressClient(config) },
    {
      provide: StepExecutor,
      inject: [StepsService],
      useFactory: (steps: StepsService) => new StepExecutor(steps, Date.now),
    },
  ],
})
export class WorkflowModule implements OnApplicationBootstrap {
  constructor(
    private readonly replica: ReplicaService,
    private readonly claimer: RunClaimer,
    private readonly owned: OwnedRuns,
    private readonly recovery: RecoveryService,
    private readonly delivery: JobDeliveryService,
    private readonly families: FamilyDeliveryService,
    private readonly stats: StatsService,
    private readonly partitions: PartitionsService,
    private readonly schedules: SchedulesService,
    private readonly events: EventDispatcher,
    private readonly retention: RetentionService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.replica.start();
    for (const part of [
      this.partitions,
      this.retention,
      this.claimer,
      this.owned,
      this.recovery,
      this.delivery,
      this.families,
      this.stats,
      this.schedules,
      this.events,
    ])
      part.start();
  }
}
