import { Injectable } from '@nestjs/common';
import type { Outside } from './store/run-history.js';
import type { ClaimedRun } from './claim/claimed-run.js';
import type { RunExecution } from './execution/run-execution.js';

type HeldRun = Pick<ClaimedRun, 'runId' | 'userId'>;

/** The runs that this process is executing at this moment, or is about to. */
@Injectable()
export class ActiveRuns {
  private readonly executions = new Map<string, RunExecution>();
  private readonly byOwner = new Map<string, number>();
  /** By how many each run is held: who has claimed it, and its execution. */
  private readonly holders = new Map<string, number>();
  private isLeaving = false;
  private idle: (() => void)[] = [];

  get size(): number {
    return this.executions.size;
  }

  /** How many there are, those that are being started among them, by the owner of their workflows. */
  get held(): ReadonlyMap<string, number> {
    return this.byOwner;
  }

  has(runId: string): boolean {
    return this.holders.has(runId);
  }

  /** Has claimed runs, and counts them, until `work` is over: whatever it reads first, slow reading is not forgetting. */
  async holding<T>(runs: readonly HeldRun[], work: () => Promise<T>): Promise<T> {
    for (const run of runs) this.hold(run);
    try {
      return await work();
    } finally {
      for (const run of runs) this.letGo(run);
    }
  }

  add(execution: RunExecution): void {
    const { run } = execution;
    if (!this.executions.has(run.runId)) this.hold(run);
    this.executions.set(run.runId, execution);
    if (this.isLeaving) execution.handBack();
  }

  /** Only the execution that was added: a run may have been claimed again meanwhile. */
  remove(execution: RunExecution): void {
    const { runId } = execution.run;
    if (this.executions.get(runId) === execution) {
      this.executions.delete(runId);
      this.letGo(execution.run);
    }
    if (this.executions.size === 0) for (const resolve of this.idle.splice(0)) resolve();
  }

  /** Cancels a run if it is ours. */
  cancel(runId: string): void {
    this.executions.get(runId)?.cancel();
  }

  /** Shows a run that is ours what has happened outside it. */
  refresh(runId: string, outside: Outside): void {
    this.executions.get(runId)?.refresh(outside);
  }

  /** Drops everything claimed under a lease that is gone. */
  lose(owner: string): void {
    for (const execution of this.executions.values()) if (execution.run.owner === owner) execution.lose();
  }

  /** From now on every run stops before its next step: those under way and those that are still being started. */
  handBack(): void {
    this.isLeaving = true;
    for (const execution of this.executions.values()) execution.handBack();
  }

  /** Resolves when nothing is under way. */
  async whenIdle(): Promise<void> {
    if (this.executions.size > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  /** Each run counts once, however many hold it. */
  private hold({ runId, userId }: HeldRun): void {
    const holders = this.holders.get(runId) ?? 0;
    this.holders.set(runId, holders + 1);
    if (holders === 0) this.count(userId, 1);
  }

  private letGo({ runId, userId }: HeldRun): void {
    const holders = (this.holders.get(runId) ?? 0) - 1;
    if (holders > 0) {
      this.holders.set(runId, holders);
      return;
    }
    this.holders.delete(runId);
    this.count(userId, -1);
  }

  private count(userId: string, change: 1 | -1): void {
    const count = (this.byOwner.get(userId) ?? 0) + change;
    if (count === 0) this.byOwner.delete(userId);
    else this.byOwner.set(userId, count);
  }
}
