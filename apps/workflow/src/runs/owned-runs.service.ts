import { EngineConfig } from '@app/config';
import { Lookout } from '@app/database';
import { GracefulShutdown, Periodic, ShutdownPhase } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { ReplicaService } from '../replica/replica.service.js';
import { ActiveRuns } from './active-runs.service.js';
import { hasOwnedRunsSql, ownedRunsSql } from './claim/claim-runs.sql.js';
import { releaseRunsSql } from './claim/release-run.sql.js';
import { HandedRuns } from './handed-runs.service.js';
import { loadOutside } from './store/run-history.js';

/** Shortest pause between two looks, in ms. */
const GAP_MS = 50;

/**
 * Compares what PostgreSQL says this replica owns with what it is executing: a cancellation whose message was lost is
 * read here, and a run that was claimed and not started, because the database went away in between or the message that hands it
 * over was lost, is given back.
 */
@Injectable()
export class OwnedRuns {
  private readonly log = new Logger(OwnedRuns.name);
  private readonly periodic: Periodic;
  /** Owned and not executed at the last look: claimed a moment ago, or forgotten. */
  private suspects: ReadonlySet<string> = new Set();

  constructor(
    private readonly pool: Pool,
    private readonly replica: ReplicaService,
    private readonly active: ActiveRuns,
    private readonly handed: HandedRuns,
    lookout: Lookout,
    { pollMs: everyMs }: EngineConfig,
    shutdown: GracefulShutdown,
  ) {
    const { log } = this;
    this.periodic = new Periodic({
      name: 'Comparing runs',
      everyMs,
      gapMs: GAP_MS,
      task: () => this.look(),
      unasked: () => this.suspects.size > 0,
      log,
    });
    lookout.watch({
      name: 'owned',
      sql: hasOwnedRunsSql,
      value: () => this.replica.id() ?? null,
      everyMs,
      seen: (hasAny) => hasAny === true && this.periodic.wake(),
    });
    shutdown.add(ShutdownPhase.StopTaking, 'owned runs', () => this.periodic.stop());
  }

  start(): void {
    this.periodic.start();
  }

  /**
   * Shows runs that are under way what has come for them meanwhile. The mark stays until the next claim: a run that
   * parks without having seen everything is due at once.
   */
  private async refresh(runIds: readonly string[]): Promise<void> {
    const ours = runIds.filter((runId) => this.active.has(runId));
    if (ours.length === 0) return;
    for (const [runId, outside] of await loadOutside(this.pool, ours)) this.active.refresh(runId, outside);
  }

  private async look(): Promise<void> {
    const owner = this.replica.id();
    if (owner === undefined) return;
    const { rows } = await this.pool.query<{ run_id: string; cancel_requested: boolean; woken: boolean }>({
      name: 'owned-runs',
      text: ownedRunsSql,
      values: [owner],
    });
    for (const { run_id, cancel_requested } of rows) if (cancel_requested) this.active.cancel(run_id);
    await this.refresh(rows.filter(({ woken }) => woken).map(({ run_id }) => run_id));
    const idle = rows.map(({ run_id }) => run_id).filter((runId) => !this.active.has(runId));
    const forgotten = idle.filter((runId) => this.suspects.has(runId));
    this.suspects = new Set(idle);
    if (forgotten.length === 0) return;
    this.log.warn(`Gave ${forgotten.length} runs back that were claimed and not started.`);
    this.handed.gaveBack(forgotten);
    await this.pool.query(releaseRunsSql, [forgotten, owner]);
  }
}
