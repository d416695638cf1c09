import { DatabaseConfig } from '@app/config';
import { ServiceName } from '@app/contracts';
import { LeaseKeeper } from '@app/database';
import { HealthService } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { ABORT_AFTER_MS, LEASE_MS, RENEW_EVERY_MS } from './lease-times.js';
import { RunningJobs } from './running-jobs.js';
import { StopReason } from './stop-reason.js';

/** This process among the workers: the owner of what it claims. Declared dead, it goes on under a new id. */
@Injectable()
export class ReplicaService {
  private readonly keeper: LeaseKeeper;

  constructor(database: DatabaseConfig, running: RunningJobs, health: HealthService) {
    this.keeper = new LeaseKeeper({
      database,
      service: ServiceName.Worker,
      leaseMs: LEASE_MS,
      heartbeatMs: RENEW_EVERY_MS,
      abortAfterMs: ABORT_AFTER_MS,
      onLost: () => running.stopAll(StopReason.Fenced),
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

  stop(): Promise<void> {
    return this.keeper.stop();
  }
}
