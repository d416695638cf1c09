import { EngineConfig } from '@app/config';
import { GracefulShutdown, Periodic, ShutdownPhase } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { crashPoint } from '../crash-points/crash-points.service.js';
import { DefinitionCache, keyOf } from '../definitions/definition-cache.service.js';
import { ReplicaService } from '../replica/replica.service.js';
import { ActiveRuns } from './active-runs.service.js';
import { claimRuns, FIRST_EPOCH, type ClaimedRun } from './claim/claimed-run.js';
import { RunExecutor } from './run-executor.service.js';
import { emptyHistory, loadHistories } from './store/run-history.js';
import { RunMetrics } from './run.metrics.js';

/** How long runs under way may take to come to the end of their step when the process ends, in ms. */
const FINISH_WITHIN_MS = 6_000;

/** Claims due runs while there is room, and starts them. */
@Injectable()
export class RunClaimer {
  private readonly claiming: Periodic;
  /** There was more to claim than room for it. */
  private isHungry = false;

  constructor(
    private readonly pool: Pool,
    private readonly config: EngineConfig,
    private readonly replica: ReplicaService,
    private readonly definitions: DefinitionCache,
    private readonly executor: RunExecutor,
    private readonly active: ActiveRuns,
    private readonly metrics: RunMetrics,
    shutdown: GracefulShutdown,
  ) {
    const log = new Logger(RunClaimer.name);
    const everyMs = config.pollMs;
    this.claiming = new Periodic({ name: 'Claiming runs', everyMs, gapMs: 0, task: () => this.claim(), log });
    shutdown.add(ShutdownPhase.StopTaking, 'claiming', () => this.claiming.stop());
    shutdown.add(ShutdownPhase.FinishWork, 'runs', () => this.finish());
  }

  start(): void {
    this.claiming.start();
  }

  /** Runs became due: look now. */
  wake(): void {
    this.claiming.wake();
  }

  private async claim(): Promise<void> {
    for (;;) {
      const owner = this.replica.id();
      const limit = Math.min(this.config.claimBatch, this.config.concurrency - this.active.size);
      this.isHungry = limit <= 0;
      if (owner === undefined || limit <= 0) return;
      crashPoint('claim.before');
      const runs = await claimRuns(this.pool, owner, limit);
      if (runs.length > 0) crashPoint('claim.after');
      if (runs.length > 0) await this.launch(runs);
      if (runs.length < limit) return;
    }
  }

  private async launch(runs: ClaimedRun[]): Promise<void> {
    this.metrics.claimed.observe(runs.length);
    const known = runs.filter(({ epoch, wasWoken }) => epoch > FIRST_EPOCH || wasWoken).map(({ runId }) => runId);
    const claimed = runs.map(({ runId }) => runId);
    const [definitions, histories] = await this.active.whileStarting(claimed, () =>
      Promise.all([this.definitions.load(runs), loadHistories(this.pool, known)]),
    );
    for (const run of runs) {
      // Claimed under a lease that is gone by now: whoever frees the runs of the dead frees this one too.
      if (run.owner !== this.replica.id()) continue;
      const history = histories.get(run.runId) ?? emptyHistory();
      void this.executor.execute(run, definitions.get(keyOf(run)), history).then(() => this.makeUseOfRoom());
    }
  }

  private makeUseOfRoom(): void {
    if (this.isHungry) this.wake();
  }

  /** Runs stop between two steps and are given back; what does not stop in time is freed with the lease. */
  private async finish(): Promise<void> {
    this.active.handBack();
    await Promise.race([this.active.whenIdle(), pause(FINISH_WITHIN_MS, undefined, { ref: false })]);
  }
}
