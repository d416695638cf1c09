import type { JobStatus, JobType } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** How many jobs wait, how many ended how, and how long an attempt takes. */
@Injectable()
export class JobMetrics {
  private readonly attempts: Counter<'type' | 'status'>;
  private readonly duration: Histogram<'type'>;

  constructor(registry: Registry, pool: Pool) {
    const registers = [registry];
    this.attempts = new Counter({
      name: 'job_attempts_total',
      help: 'Attempts of jobs by type and by the status they left the job in.',
      labelNames: ['type', 'status'],
      registers,
    });
    this.duration = new Histogram({
      name: 'job_attempt_duration_seconds',
      help: 'How long an attempt of a job took.',
      labelNames: ['type'],
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300],
      registers,
    });
    registry.registerMetric(queuedGauge(pool));
  }

  ended(type: JobType, status: JobStatus, durationMs: number): void {
    this.attempts.inc({ type, status });
    this.duration.observe({ type }, durationMs / 1_000);
  }
}

function queuedGauge(pool: Pool): Gauge<'type'> {
  return new Gauge({
    name: 'jobs_queued',
    help: 'Jobs that wait for a worker, by type: what to scale by.',
    labelNames: ['type'],
    registers: [],
    async collect() {
      try {
        const { rows } = await pool.query<{ type: string; count: string }>(queuedSql);
        this.reset();
        for (const { type, count } of rows) this.set({ type }, Number(count));
      } catch {
        // The database is away: the last figures stay, and the other metrics are still shown.
      }
    },
  });
}

const queuedSql = `SELECT type, count(*) FROM jobs WHERE status = 'queued' GROUP BY type`;
