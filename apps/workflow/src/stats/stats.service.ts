import { GracefulShutdown, Periodic, ShutdownPhase } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';

const FLUSH_EVERY_MS = 1_000;

/** Adds finished runs to their workflows' figures. $1 workflow ids in order, $2 runs of each. */
const addStatsSql = `
INSERT INTO workflow_stats AS s (workflow_id, run_count, last_run_at)
SELECT i.workflow_id, i.runs, now() FROM unnest($1::uuid[], $2::bigint[]) AS i (workflow_id, runs)
WHERE EXISTS (SELECT FROM workflows w WHERE w.id = i.workflow_id)
ON CONFLICT (workflow_id) DO UPDATE SET
  run_count = s.run_count + excluded.run_count, last_run_at = excluded.last_run_at, updated_at = now()`;

/**
 * Counts finished runs and adds them up once a second, so that no run updates its workflow's row. A figure for people:
 * a process that is killed loses its last second of it.
 */
@Injectable()
export class StatsService {
  private counts = new Map<string, number>();
  private readonly periodic: Periodic;

  constructor(
    private readonly pool: Pool,
    shutdown: GracefulShutdown,
  ) {
    const log = new Logger(StatsService.name);
    this.periodic = new Periodic({
      name: 'Adding up runs',
      everyMs: FLUSH_EVERY_MS,
      gapMs: FLUSH_EVERY_MS,
      task: () => this.flush(),
      unasked: () => this.counts.size > 0,
      log,
    });
    shutdown.add(ShutdownPhase.Flush, 'stats', async () => {
      await this.periodic.stop();
      await this.flush();
    });
  }

  start(): void {
    this.periodic.start();
  }

  /** A run of this workflow is over. */
  finished(workflowId: string): void {
    if (this.counts.size === 0) this.periodic.wake();
    this.counts.set(workflowId, (this.counts.get(workflowId) ?? 0) + 1);
  }

  private async flush(): Promise<void> {
    if (this.counts.size === 0) return;
    const counts = [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1));
    this.counts = new Map();
    await this.pool.query(addStatsSql, [counts.map(([id]) => id), counts.map(([, runs]) => runs)]);
  }
}
