import { retentionClasses, type RetentionClass } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import type { Pool } from 'pg';
import { defaultRowsSql, historyTables, namesOf } from './retention.sql.js';

/** Counting on would say nothing more to whoever is alerted. */
const MOST_COUNTED = 10_000;

/** What operators see of the history: what was dropped, and rows for which there was no partition. */
@Injectable()
export class HistoryMetrics {
  private readonly dropped: Counter<'retention'>;
  private readonly outside: Gauge<'table'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.dropped = new Counter({
      name: 'history_partitions_dropped_total',
      help: 'Partitions of runs that this process dropped, by retention class in days.',
      labelNames: ['retention'],
      registers,
    });
    this.outside = new Gauge({
      name: 'history_default_rows',
      help: 'Rows in default partitions, of at most 10,000 for each class. More than 0 is an alert.',
      labelNames: ['table'],
      registers,
    });
  }

  partitionDropped(retention: RetentionClass): void {
    this.dropped.inc({ retention });
  }

  /** Counts what is outside all ranges. */
  async count(pool: Pool): Promise<void> {
    for (const { table } of historyTables) {
      let total = 0;
      for (const retention of retentionClasses) {
        const sql = defaultRowsSql(namesOf(table, retention).outside);
        total += (await pool.query<{ rows: number }>(sql, [MOST_COUNTED])).rows[0]?.rows ?? 0;
      }
      this.outside.set({ table }, total);
    }
  }
}
