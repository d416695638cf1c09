import { GracefulShutdown, Periodic, ShutdownPhase } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { dropPartition } from './drop-partition.js';
import { duePartitions } from './due-partitions.js';
import { HistoryMetrics } from './history.metrics.js';

const MINUTE_MS = 60_000;

/** `lock_not_available` and `query_canceled`. */
const timeoutStates = new Set<unknown>(['55P03', '57014']);

/** Drops history that is past its retention. A partition whose locks are not to be had in time is tried a minute later. */
@Injectable()
export class RetentionService {
  private readonly log = new Logger(RetentionService.name);
  private readonly periodic: Periodic;
  private isEnding = false;

  constructor(
    private readonly pool: Pool,
    private readonly metrics: HistoryMetrics,
    shutdown: GracefulShutdown,
  ) {
    this.periodic = new Periodic({
      name: 'Dropping history',
      everyMs: MINUTE_MS,
      gapMs: MINUTE_MS,
      task: () => this.dropDue(new Date()),
      log: this.log,
    });
    shutdown.add(ShutdownPhase.StopTaking, 'retention', () => this.stop());
  }

  start(): void {
    this.periodic.start();
  }

  /** One round. @param now decides what is past its retention */
  async dropDue(now: Date): Promise<void> {
    await this.metrics.count(this.pool);
    for (const due of await duePartitions(this.pool, now)) {
      if (this.isEnding) return;
      try {
        if (!(await dropPartition(this.pool, due))) return;
        this.metrics.partitionDropped(due.retention);
        this.log.log(`Dropped the history ${due.suffix} of retention class ${due.retention}.`);
      } catch (error) {
        if (!(error instanceof Error) || !timeoutStates.has(Reflect.get(error, 'code'))) throw error;
        this.log.warn(`The history ${due.suffix} of retention class ${due.retention} is in use; it is dropped later.`);
      }
    }
  }

  private async stop(): Promise<void> {
    this.isEnding = true;
    await this.periodic.stop();
  }
}
