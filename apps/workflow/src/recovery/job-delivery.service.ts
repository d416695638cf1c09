import { EngineConfig } from '@app/config';
import { Lookout } from '@app/database';
import { GracefulShutdown, Periodic, ShutdownPhase } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { crashPoint } from '../crash-points/crash-points.service.js';
import { RunClaimer } from '../runs/run-claimer.service.js';
import { deliverJobsSql, hasEndedJobsSql } from './recovery.sql.js';

/** Shortest pause between two looks, however many hints come: a mail is not more urgent than that, in ms. */
const GAP_MS = 25;
const BATCH = 500;

/** Wakes runs whose jobs the worker service has ended. */
@Injectable()
export class JobDeliveryService {
  private readonly periodic: Periodic;

  constructor(
    private readonly pool: Pool,
    private readonly claimer: RunClaimer,
    lookout: Lookout,
    { pollMs: everyMs }: EngineConfig,
    shutdown: GracefulShutdown,
  ) {
    const log = new Logger(JobDeliveryService.name);
    this.periodic = new Periodic({
      name: 'Delivering jobs',
      everyMs,
      gapMs: GAP_MS,
      task: () => this.deliver(),
      unasked: () => false,
      log,
    });
    lookout.watch({ name: 'jobs', sql: hasEndedJobsSql, everyMs, seen: (areAny) => areAny === true && this.wake() });
    shutdown.add(ShutdownPhase.StopTaking, 'job delivery', () => this.periodic.stop());
  }

  start(): void {
    this.periodic.start();
  }

  wake(): void {
    this.periodic.wake();
  }

  private async deliver(): Promise<void> {
    crashPoint('job.before');
    const { rowCount } = await this.pool.query({ name: 'deliver-jobs', text: deliverJobsSql, values: [BATCH] });
    if (rowCount === null || rowCount === 0) return;
    crashPoint('job.after');
    this.claimer.wake();
    if (rowCount === BATCH) this.periodic.wake();
  }
}
