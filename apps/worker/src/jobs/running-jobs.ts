import { Injectable } from '@nestjs/common';
import type { ClaimedJob } from './job.js';
import type { StopReason } from './stop-reason.js';

/** Which attempt of which job. */
export type AttemptKey = Pick<ClaimedJob, 'id' | 'epoch'>;

/** The attempts under way in this process. */
@Injectable()
export class RunningJobs {
  private readonly attempts = new Map<AttemptKey, AbortController>();
  private idle: (() => void)[] = [];
  private begun: () => void = () => undefined;

  /** @param tell called when something is under way again after nothing was */
  whenBegun(tell: () => void): void {
    this.begun = tell;
  }

  /** Enters an attempt. Its signal aborts with a `StopReason` when it is to end. */
  add(attempt: AttemptKey): AbortSignal {
    const abort = new AbortController();
    this.attempts.set(attempt, abort);
    if (this.attempts.size === 1) this.begun();
    return abort.signal;
  }

  /** Takes out an attempt that has ended: the same object that was added. */
  remove(attempt: AttemptKey): void {
    this.attempts.delete(attempt);
    if (this.attempts.size > 0) return;
    for (const resolve of this.idle.splice(0)) resolve();
  }

  /** Tells an attempt to end. Without an epoch: whatever this process does for the job, which may be nothing. */
  stop({ id, epoch }: { id: string; epoch?: number }, reason: StopReason): void {
    for (const [attempt, abort] of this.attempts) {
      if (attempt.id === id && (epoch === undefined || attempt.epoch === epoch)) abort.abort(reason);
    }
  }

  stopAll(reason: StopReason): void {
    for (const abort of this.attempts.values()) abort.abort(reason);
  }

  held(): AttemptKey[] {
    return [...this.attempts.keys()];
  }

  /** Resolves when nothing is under way. */
  async whenIdle(): Promise<void> {
    if (this.attempts.size > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }
}
