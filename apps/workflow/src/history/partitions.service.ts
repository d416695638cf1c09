import { ensurePartitions } from '@app/database';
import { GracefulShutdown, Periodic, ShutdownPhase } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';

const HOUR_MS = 3_600_000;

/** Makes the partitions of the history tables before they are needed. */
@Injectable()
export class PartitionsService {
  private readonly periodic: Periodic;

  constructor(
    private readonly pool: Pool,
    shutdown: GracefulShutdown,
  ) {
    const log = new Logger(PartitionsService.name);
    this.periodic = new Periodic({
      name: 'Making partitions',
      everyMs: HOUR_MS,
      gapMs: HOUR_MS,
      task: () => ensurePartitions(this.pool, new Date()),
      log,
    });
    shutdown.add(ShutdownPhase.StopTaking, 'partitions', () => this.periodic.stop());
  }

  start(): void {
    this.periodic.start();
  }
}
