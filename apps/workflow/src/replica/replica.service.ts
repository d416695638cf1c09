import { DatabaseConfig, EngineConfig } from '@app/config';
import { ServiceName } from '@app/contracts';
import { LeaseKeeper } from '@app/database';
import { HealthService } from '@app/observability';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ActiveRuns } from '../runs/active-runs.service.js';

/** This process among the workflow services: the owner of the runs it claims. */
@Injectable()
export class ReplicaService implements OnApplicationShutdown {
  private readonly keeper: LeaseKeeper;

  constructor(
    database: DatabaseConfig,
    { leaseMs, heartbeatMs, abortAfterMs }: EngineConfig,
    active: ActiveRuns,
    health: HealthService,
  ) {
    this.keeper = new LeaseKeeper({
      database,
      service: ServiceName.Workflow,
      leaseMs,
      heartbeatMs,
      abortAfterMs,
      onLost: (replicaId) => active.lose(replicaId),
      log: new Logger(ReplicaService.name),
    });
    health.register({
      name: 'lease',
      critical: true,
      check: async () => this.id() ?? Promise.reject(new Error('none')),
    });
  }

  start(): Promise<void> {
    return this.keeper.start();
  }

  /** The id to claim under; undefined while this process has no right to work. */
  id(): string | undefined {
    return this.keeper.id();
  }

  /** Last of all: what is still claimed under the lease is free from here on. */
  onApplicationShutdown(): Promise<void> {
    return this.keeper.stop();
  }
}
