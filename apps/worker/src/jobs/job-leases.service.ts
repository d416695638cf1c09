import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { LEASE_MS, RENEW_EVERY_MS } from './lease-times.js';
import { Periodic } from '@app/observability';
import { renewJobsSql } from './renew-jobs.sql.js';
import { ReplicaService } from './replica.service.js';
import { RunningJobs } from './running-jobs.js';
import { StopReason } from './stop-reason.js';

/** Renews the leases of the attempts under way, once a second in one statement, and reads what is to be cancelled. */
@Injectable()
export class JobLeasesService {
  private readonly renewer = new Periodic({
    name: 'Renewing the leases of jobs',
    everyMs: RENEW_EVERY_MS,
    gapMs: RENEW_EVERY_MS,
    task: () => this.renew(),
    unasked: () => this.running.held().length > 0,
    log: new Logger(JobLeasesService.name),
  });

  constructor(
    private readonly pool: Pool,
    private readonly replica: ReplicaService,
    private readonly running: RunningJobs,
  ) {
    running.whenBegun(() => this.renewer.wake());
  }

  start(): void {
    this.renewer.start();
  }

  async stop(): Promise<void> {
    await this.renewer.stop();
  }

  /** One renewal. An attempt whose job was taken away, or whose run was cancelled, is told to end. */
  async renew(): Promise<void> {
    const owner = this.replica.id();
    const held = this.running.held();
    if (owner === undefined || held.length === 0) return;
    const { rows } = await this.pool.query<{ id: string; cancelled: boolean }>({
      name: 'renew-jobs',
      text: renewJobsSql,
      values: [owner, held.map(({ id }) => id), held.map(({ epoch }) => epoch), LEASE_MS],
    });
    const renewed = new Map(rows.map(({ id, cancelled }) => [id, cancelled]));
    for (const attempt of held) {
      const cancelled = renewed.get(attempt.id);
      if (cancelled === undefined) this.running.stop(attempt, StopReason.Fenced);
      else if (cancelled) this.running.stop(attempt, StopReason.Cancelled);
    }
  }
}
