import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import type { ExpiringTable } from './expired-rows.sql.js';

/** What the cleanup removed, and when it last came to its end. */
@Injectable()
export class CleanupMetrics {
  private readonly rows: Counter<'table'>;
  private readonly cancelled: Counter;
  private readonly blobs: Counter;
  private readonly erased: Counter;
  private readonly finishedAt: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.rows = new Counter({
      name: 'cleanup_rows_removed_total',
      help: 'Expired rows that this process removed, by table.',
      labelNames: ['table'],
      registers,
    });
    this.cancelled = new Counter({
      name: 'cleanup_runs_cancelled_total',
      help: 'Runs of deactivated accounts that only the cleanup found.',
      registers,
    });
    this.blobs = new Counter({
      name: 'cleanup_blobs_removed_total',
      help: 'Large values that no run referred to any more, by the rows that were removed.',
      registers,
    });
    this.erased = new Counter({ name: 'cleanup_accounts_erased_total', help: 'Accounts that were erased.', registers });
    this.finishedAt = new Gauge({
      name: 'cleanup_last_round_timestamp_seconds',
      help: 'When this process last finished a round; others may do them.',
      registers,
    });
  }

  removed(table: ExpiringTable, rows: number): void {
    this.rows.inc({ table }, rows);
  }

  runsCancelled(runs: number): void {
    this.cancelled.inc(runs);
  }

  blobsRemoved(rows: number): void {
    this.blobs.inc(rows);
  }

  accountErased(): void {
    this.erased.inc();
  }

  roundFinished(): void {
    this.finishedAt.setToCurrentTime();
  }
}
