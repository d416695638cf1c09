import { EngineConfig } from '@app/config';
import { Lookout } from '@app/database';
import { CommandBus } from '@app/messaging';
import { GracefulShutdown, Periodic, ShutdownPhase } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { crashPoint } from '../crash-points/crash-points.service.js';
import { RunClaimer } from '../runs/run-claimer.service.js';
import { RunWriter } from '../runs/run-writer.service.js';
import { cancelChildrenSql, deliverChildrenSql, hasFamilyNewsSql } from './recovery.sql.js';

/** Shortest pause between two looks, in ms. */
const GAP_MS = 5;
const BATCH = 500;

/** Between runs and the runs they started: wakes a parent when its child is over, cancels a child that nobody wants. */
@Injectable()
export class FamilyDeliveryService {
  private readonly periodic: Periodic;

  constructor(
    private readonly pool: Pool,
    private readonly claimer: RunClaimer,
    private readonly bus: CommandBus<'workflow'>,
    writer: RunWriter,
    lookout: Lookout,
    { pollMs: everyMs }: EngineConfig,
    shutdown: GracefulShutdown,
  ) {
    const log = new Logger(FamilyDeliveryService.name);
    this.periodic = new Periodic({
      name: 'Delivering ends of runs',
      everyMs,
      gapMs: GAP_MS,
      task: () => this.deliver(),
      unasked: () => false,
      log,
    });
    writer.whenFamilyChanges(() => this.periodic.wake());
    lookout.watch({
      name: 'families',
      sql: hasFamilyNewsSql,
      everyMs,
      seen: (areAny) => areAny === true && this.periodic.wake(),
    });
    shutdown.add(ShutdownPhase.StopTaking, 'family delivery', () => this.periodic.stop());
  }

  start(): void {
    this.periodic.start();
  }

  private async deliver(): Promise<void> {
    crashPoint('deliver.before');
    const ended = await this.pool.query({ name: 'deliver-children', text: deliverChildrenSql, values: [BATCH] });
    if (ended.rowCount !== 0) crashPoint('deliver.after');
    crashPoint('cancel.before');
    const unwanted = await this.pool.query<{ run_id: string; is_under_way: boolean }>({
      name: 'cancel-children',
      text: cancelChildrenSql,
      values: [BATCH],
    });
    if (unwanted.rows.length > 0) crashPoint('cancel.after');
    for (const { run_id, is_under_way } of unwanted.rows) if (is_under_way) this.bus.publish('run.cancel', { run_id });
    const delivered = Math.max(ended.rowCount ?? 0, unwanted.rows.length);
    if (delivered > 0) this.claimer.wake();
    if (delivered === BATCH) this.periodic.wake();
  }
}
