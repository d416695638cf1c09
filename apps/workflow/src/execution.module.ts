import { BlobsModule } from '@app/blobs';
import {
  BlobsConfig,
  BoundsConfig,
  DatabaseConfig,
  EgressConfig,
  EncryptionConfig,
  EngineConfig,
  QuotaConfig,
  S3Config,
  ScriptsConfig,
} from '@app/config';
import { KEYED_POOL, keyedPool, Lookout } from '@app/database';
import { EgressClient } from '@app/egress';
import { CommandBus, SharedPermits } from '@app/messaging';
import { GracefulShutdown, ShutdownPhase } from '@app/observability';
import { AccountLimits, ProviderMetrics, ProviderPauses } from '@app/providers';
import { KeyRing } from '@app/security';
import { Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Pool } from 'pg';
import { DefinitionCache } from './definitions/definition-cache.service.js';
import { EventDispatcher } from './events/event-dispatcher.service.js';
import { EventMetrics } from './events/event.metrics.js';
import { FamilyDeliveryService } from './recovery/family-delivery.service.js';
import { JobDeliveryService } from './recovery/job-delivery.service.js';
import { RecoveryService } from './recovery/recovery.service.js';
import { ReplicaService } from './replica/replica.service.js';
import { ActiveRuns } from './runs/active-runs.service.js';
import { CallSlots } from './runs/execution/call-slots.js';
import { StepExecutor } from './runs/execution/step-executor.js';
import { RunQueue } from './runs/limits/run-queue.service.js';
import { HandedRuns } from './runs/handed-runs.service.js';
import { OwnedRuns } from './runs/owned-runs.service.js';
import { RunClaimer } from './runs/run-claimer.service.js';
import { RunExecutor } from './runs/run-executor.service.js';
import { RunMetrics } from './runs/run.metrics.js';
import { COMMIT_LANES, RunWriter } from './runs/run-writer.service.js';
import { StatsService } from './stats/stats.service.js';
import { SettledJobs } from './steps/content/settled-jobs.js';
import { CredentialReader } from './steps/credentials/credential-reader.js';
import { ScriptThreads } from './steps/script/script-threads.js';
import { SecretReader } from './steps/secrets/secret-reader.js';
import { StepsService } from './steps/steps.service.js';

/** The configuration that it reads. */
export const executionConfig = [
  EngineConfig,
  BoundsConfig,
  ScriptsConfig,
  EgressConfig,
  EncryptionConfig,
  BlobsConfig,
  S3Config,
  QuotaConfig,
] as const;

/**
 * Whatever takes runs forward: it claims and executes them, tells them what they wait for and recovers what others left.
 * Needs {@link executionConfig}, the `DatabaseConfig`, the ObservabilityModule, the `Pool`, the `CommandBus` and `SharedPermits`,
 * each of them global.
 */
@Module({
  imports: [BlobsModule],
  providers: [
    ActiveRuns,
    ReplicaService,
    DefinitionCache,
    {
      provide: KEYED_POOL,
      inject: [DatabaseConfig],
      useFactory: (config: DatabaseConfig) => keyedPool(config, COMMIT_LANES + 1),
    },
    // With the connections of commits: whatever it looks for has to be found by its index, without planning it again.
    { provide: Lookout, inject: [KEYED_POOL, GracefulShutdown], useFactory: lookoutOf },
    RunWriter,
    RunMetrics,
    RunExecutor,
    RunQueue,
    RunClaimer,
    OwnedRuns,
    HandedRuns,
    RecoveryService,
    JobDeliveryService,
    FamilyDeliveryService,
    StatsService,
    StepsService,
    EventDispatcher,
    EventMetrics,
    {
      provide: SecretReader,
      inject: [Pool, EncryptionConfig],
      useFactory: (pool: Pool, { keys }: EncryptionConfig) => new SecretReader(pool, new KeyRing(keys)),
    },
    {
      provide: CredentialReader,
      inject: [Pool, EncryptionConfig],
      useFactory: (pool: Pool, { keys }: EncryptionConfig) => new CredentialReader(pool, new KeyRing(keys)),
    },
    { provide: SettledJobs, inject: [Pool], useFactory: (pool: Pool) => new SettledJobs(pool) },
    ProviderMetrics,
    {
      provide: ProviderPauses,
      inject: [Pool, CommandBus, ProviderMetrics, Lookout, EngineConfig],
      useFactory: pausesOf,
    },
    {
      provide: AccountLimits,
      inject: [Pool, SharedPermits, ReplicaService, ProviderMetrics, Lookout, EngineConfig, GracefulShutdown],
      useFactory: limitsOf,
    },
    {
      provide: ScriptThreads,
      inject: [ScriptsConfig],
      useFactory: (config: ScriptsConfig) => new ScriptThreads(config),
    },
    { provide: EgressClient, inject: [EgressConfig], useFactory: (config: EgressConfig) => new EgressClient(config) },
    {
      provide: CallSlots,
      inject: [EngineConfig],
      useFactory: ({ callSlots }: EngineConfig) => new CallSlots(callSlots),
    },
    {
      provide: StepExecutor,
      inject: [StepsService, CallSlots],
      useFactory: (steps: StepsService, calls: CallSlots) => new StepExecutor(steps, Date.now, calls),
    },
  ],
  exports: [RunClaimer, Lookout],
})
export class ExecutionModule implements OnApplicationBootstrap {
  constructor(
    private readonly replica: ReplicaService,
    private readonly pauses: ProviderPauses,
    private readonly limits: AccountLimits,
    private readonly claimer: RunClaimer,
    private readonly owned: OwnedRuns,
    private readonly handed: HandedRuns,
    private readonly recovery: RecoveryService,
    private readonly delivery: JobDeliveryService,
    private readonly families: FamilyDeliveryService,
    private readonly stats: StatsService,
    private readonly events: EventDispatcher,
    private readonly lookout: Lookout,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await Promise.all([this.replica.start(), this.pauses.start()]);
    // It is one among the replicas by now.
    await this.limits.start();
    const { claimer, owned, handed, recovery, delivery, families, stats, events } = this;
    for (const part of [claimer, owned, handed, recovery, delivery, families, stats, events]) part.start();
    this.lookout.start();
  }
}

function lookoutOf(pool: Pool, shutdown: GracefulShutdown): Lookout {
  const lookout = new Lookout({ pool, log: new Logger(Lookout.name) });
  // Steps come to their end while the process does: until then it hears of pauses.
  shutdown.add(ShutdownPhase.Flush, 'lookout', () => lookout.stop());
  return lookout;
}

function pausesOf(
  pool: Pool,
  bus: CommandBus<'workflow'>,
  metrics: ProviderMetrics,
  lookout: Lookout,
  { pollMs }: EngineConfig,
): ProviderPauses {
  return new ProviderPauses({
    pool,
    tell: (paused) => bus.publish('account.paused', paused),
    metrics,
    lookout,
    pollMs,
  });
}

function limitsOf(
  pool: Pool,
  shared: SharedPermits,
  replica: ReplicaService,
  metrics: ProviderMetrics,
  lookout: Lookout,
  { pollMs }: EngineConfig,
  shutdown: GracefulShutdown,
): AccountLimits {
  const limits = new AccountLimits({ pool, shared, replicaId: () => replica.id(), metrics, lookout, pollMs });
  shutdown.add(ShutdownPhase.Flush, 'account limits', () => limits.stop());
  return limits;
}
