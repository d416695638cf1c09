import { EngineConfig } from '@app/config';
import { SlotScope, type CompiledDefinition, type CompiledLimits, type OnFailure } from '@app/definition';
import { Lookout } from '@app/database';
import { GracefulShutdown, Periodic, ShutdownPhase } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { crashPoint } from '../crash-points/crash-points.service.js';
import { DefinitionCache, keyOf } from '../definitions/definition-cache.service.js';
import { ReplicaService } from '../replica/replica.service.js';
import { ActiveRuns } from './active-runs.service.js';
import { CallSlots } from './execution/call-slots.js';
import { claimRoom, withinRoom, type ClaimRoom } from './claim/claim-room.js';
import { claimRuns, FIRST_OWNER } from './claim/claim-runs.js';
import { hasDueRunsSql } from './claim/claim-runs.sql.js';
import { FIRST_EPOCH, type ClaimedRun } from './claim/claimed-run.js';
import { releaseRunsSql } from './claim/release-run.sql.js';
import { hasLimitedSql } from './limits/let-in.sql.js';
import { limitKeys, type LimitKeys } from './limits/limit-keys.js';
import { RunQueue, type LimitedRun } from './limits/run-queue.service.js';
import { RunExecutor } from './run-executor.service.js';
import { emptyHistory, loadHistories, type RunHistory } from './store/run-history.js';
import { RunWriter } from './run-writer.service.js';
import { StepFailure } from '../steps/steps.service.js';
import { RunMetrics } from './run.metrics.js';

/** How long runs under way may take to come to the end of their step when the process ends, in ms. */
const FINISH_WITHIN_MS = 6_000;

/** Claims due runs while there is room, and starts them. */
@Injectable()
export class RunClaimer {
  private readonly claiming: Periodic;
  /** Somebody has as many runs here as they may: there may be more of them to claim. */
  private isHungry = false;
  private isStopping = false;
  /** The claim under way: what it brings takes room, and is not counted yet. */
  private claimed: Promise<unknown> = Promise.resolve();
  /** The owner of runs who had the last turn. */
  private lastOwner = FIRST_OWNER;

  constructor(
    private readonly pool: Pool,
    private readonly config: EngineConfig,
    private readonly replica: ReplicaService,
    private readonly definitions: DefinitionCache,
    private readonly executor: RunExecutor,
    private readonly active: ActiveRuns,
    private readonly metrics: RunMetrics,
    private readonly queue: RunQueue,
    private readonly calls: CallSlots,
    lookout: Lookout,
    writer: RunWriter,
    shutdown: GracefulShutdown,
  ) {
    writer.whenSlotIsFree(() => this.letInSoon());
    const log = new Logger(RunClaimer.name);
    const everyMs = config.pollMs;
    this.claiming = new Periodic({
      name: 'Claiming runs',
      everyMs,
      gapMs: 0,
      task: () => this.claim(),
      unasked: () => false,
      log,
    });
    lookout.watch({ name: 'runs', sql: hasDueRunsSql, everyMs, seen: (areDue) => areDue === true && this.wake() });
    lookout.watch({ name: 'limited', sql: hasLimitedSql, everyMs, seen: (may) => may === true && this.letInSoon() });
    shutdown.add(ShutdownPhase.StopTaking, 'claiming', () => this.stop());
    shutdown.add(ShutdownPhase.FinishWork, 'runs', () => this.finish());
  }

  start(): void {
    this.claiming.start();
  }

  /** Runs became due: look now. */
  wake(): void {
    this.claiming.wake();
  }

  /** For how many runs there is room that nobody waits for yet. */
  freeRoom(): number {
    if (this.isHungry || this.isStopping) return 0;
    const held = [...this.active.held.values()].reduce((sum, count) => sum + count, 0);
    return Math.max(0, this.config.concurrency - held);
  }

  /**
   * Begins runs that are ours without having been claimed. There may be more of them than there is room for: those are
   * given back, and wait as others do.
   */
  async begin(owner: string, runs: readonly ClaimedRun[]): Promise<void> {
    await this.claimed.catch(() => undefined);
    const room = claimRoom(this.config.concurrency, runs.length, this.active.held);
    const taken = this.isStopping ? [] : withinRoom(runs, room);
    const left = runs.filter((run) => !taken.includes(run));
    if (taken.length > 0) await this.launch(taken);
    if (left.length === 0) return;
    this.isHungry = true;
    await this.pool.query(releaseRunsSql, [left.map(({ runId }) => runId), owner]);
  }

  private letInSoon(): void {
    this.queue.want();
    this.wake();
  }

  private async claim(): Promise<void> {
    for (;;) {
      const owner = this.replica.id();
      const room = this.room();
      if (owner === undefined || room.most === 0) return;
      crashPoint('claim.before');
      const { runs, isMore, lastOwner } = await this.taking(claimRuns(this.pool, owner, room, this.lastOwner));
      if (runs.length > 0) crashPoint('claim.after');
      this.lastOwner = lastOwner;
      if (runs.length > 0) await this.launch(runs);
      if (!isMore) break;
    }
    await this.letIn();
    this.room();
  }

  /** Who asks goes on first when the answer is there, and holds what it brings. */
  private taking<T>(claim: Promise<T>): Promise<T> {
    this.claimed = claim;
    return claim;
  }

  /** Runs that wait because their workflows limit them. */
  private async letIn(): Promise<void> {
    for (;;) {
      const owner = this.replica.id();
      const room = this.room();
      if (owner === undefined || room.most === 0) return;
      const runs = await this.taking(this.queue.letIn(owner, room));
      if (runs === undefined) return;
      if (runs.length > 0) await this.launch(runs, true);
    }
  }

  private room(): ClaimRoom {
    const room = claimRoom(this.config.concurrency, this.config.claimBatch, this.active.held);
    this.isHungry = room.isTight;
    return room;
  }

  /** @param areLetIn they have what their workflows limit */
  private async launch(runs: ClaimedRun[], areLetIn = false): Promise<void> {
    this.metrics.claimed.observe(runs.length);
    const known = runs.filter(({ epoch, wasWoken }) => epoch > FIRST_EPOCH || wasWoken).map(({ runId }) => runId);
    await this.active.holding(runs, async () => {
      const [definitions, histories] = await Promise.all([
        this.definitions.load(runs),
        loadHistories(this.pool, known),
      ]);
      for (const run of areLetIn ? runs : await this.queueLimited(runs, definitions)) {
        // Claimed under a lease that is gone by now: whoever frees the runs of the dead frees this one too.
        if (run.owner !== this.replica.id()) continue;
        this.execute(run, definitions.get(keyOf(run)), histories.get(run.runId) ?? emptyHistory());
      }
    });
  }

  /** Begins in this turn, so that the run is held without a gap, also while its execution reads large values. */
  private execute(run: ClaimedRun, definition: CompiledDefinition | undefined, history: RunHistory): void {
    const slot = slotOf(definition?.limits);
    const execution = slot === undefined ? run : { ...run, slot };
    const over = this.active.holding([run], () => this.executor.execute(execution, definition, history));
    void over.then(() => this.makeUseOfRoom());
  }

  /** Puts those that have to ask into their queues. Answers with those that may begin; a cancelled one needs no slot. */
  private async queueLimited(
    runs: ClaimedRun[],
    definitions: ReadonlyMap<string, CompiledDefinition>,
  ): Promise<ClaimedRun[]> {
    const free: ClaimedRun[] = [];
    const limited: LimitedRun[] = [];
    for (const run of runs) {
      const definition = definitions.get(keyOf(run));
      if (definition?.limits === undefined || run.cancelRequested) free.push(run);
      else {
        const keys = await this.keysOf(run, definition.limits, definition.onFailure);
        if (keys !== undefined) limited.push({ run, limits: definition.limits, keys });
      }
    }
    const [first] = limited;
    if (first === undefined) return free;
    return [...free, ...(await this.queue.enter(first.run.owner, limited))];
  }

  /** With whom a run is counted; undefined when nobody can tell, and the run was put back or ended. */
  private async keysOf(run: ClaimedRun, limits: CompiledLimits, onFailure?: OnFailure): Promise<LimitKeys | undefined> {
    let read: ClaimedRun;
    try {
      read = await this.executor.withInput(run);
    } catch (error) {
      await this.executor.giveBack(run, error);
      return undefined;
    }
    return limitKeys(read, limits).catch(async (error: unknown) => {
      const { error: reason } = StepFailure.from(error);
      await this.executor.refuse(run, emptyHistory(), reason, onFailure);
      return undefined;
    });
  }

  private makeUseOfRoom(): void {
    if (this.isHungry) this.wake();
  }

  /** Runs stop between two steps and are given back, at once: no step begins while other things are being stopped. */
  private async stop(): Promise<void> {
    this.isStopping = true;
    this.active.handBack();
    this.calls.close();
    await this.claiming.stop();
  }

  /** Waits for those steps; what does not come to its end in time is freed with the lease. */
  private async finish(): Promise<void> {
    await Promise.race([this.active.whenIdle(), pause(FINISH_WITHIN_MS, undefined, { ref: false })]);
  }
}

/** What becomes of a run's slot; undefined when it has none. */
function slotOf(limits: CompiledLimits | undefined): SlotScope | undefined {
  return limits === undefined ? undefined : (limits.concurrency?.scope ?? SlotScope.Claim);
}
