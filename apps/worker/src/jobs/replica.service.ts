import { DatabaseConfig } from '@app/config';
import { ServiceName } from '@app/contracts';
import { ReplicaLease } from '@app/database';
import { HealthService } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { ABORT_AFTER_MS, LEASE_MS, RENEW_EVERY_MS } from './lease-times.js';
import { Periodic } from './periodic.js';
import { RunningJobs } from './running-jobs.js';
import { StopReason } from './stop-reason.js';

/** This process among the workers: the owner of what it claims. Declared dead, it goes on under a new id. */
@Injectable()
export class ReplicaService {
  private readonly log = new Logger(ReplicaService.name);
  private lease: ReplicaLease | undefined;
  private readonly keeper = new Periodic({
    name: 'Taking the lease',
    everyMs: RENEW_EVERY_MS,
    gapMs: 100,
    task: () => this.keep(),
    log: this.log,
  });

  constructor(
    private readonly database: DatabaseConfig,
    private readonly running: RunningJobs,
    health: HealthService,
  ) {
    health.register({
      name: 'lease',
      critical: true,
      check: async () => this.id() ?? Promise.reject(new Error('none')),
    });
  }

  async start(): Promise<void> {
    await this.keep();
    this.keeper.start();
  }

  /** The id to claim under; undefined while this process has no right to work. */
  id(): string | undefined {
    return this.lease?.isHeld() ? this.lease.id : undefined;
  }

  async stop(): Promise<void> {
    await this.keeper.stop();
    await this.lease?.release();
  }

  private async keep(): Promise<void> {
    if (this.lease?.isHeld()) return;
    const lease = await ReplicaLease.take({
      database: this.database,
      service: ServiceName.Worker,
      leaseMs: LEASE_MS,
      heartbeatMs: RENEW_EVERY_MS,
      abortAfterMs: ABORT_AFTER_MS,
    });
    lease.signal.addEventListener('abort', () => this.running.stopAll(StopReason.Fenced));
    this.lease = lease;
  }
}
