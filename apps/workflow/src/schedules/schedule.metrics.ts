import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import type { TurnResult } from './schedule-turn.js';

/** What operators see of schedules. */
@Injectable()
export class ScheduleMetrics {
  private readonly fires: Counter<'kind' | 'status'>;
  private readonly lag: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.fires = new Counter({
      name: 'schedule_fires_total',
      help: 'Fires of schedules by kind (fire, backfill) and what became of them.',
      labelNames: ['kind', 'status'],
      registers,
    });
    this.lag = new Histogram({
      name: 'schedule_lag_seconds',
      help: 'How long after its time a fire started its run; fires that had to wait for an earlier run included.',
      buckets: [0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 3_600],
      registers,
    });
  }

  observe({ decided }: TurnResult): void {
    for (const { kind, status, lagMs } of decided) {
      this.fires.inc({ kind, status });
      if (kind === 'fire' && status === 'started') this.lag.observe(lagMs / 1_000);
    }
  }
}
