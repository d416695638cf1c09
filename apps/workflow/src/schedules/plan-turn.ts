import { CatchUp, Overlap, type CronSchedule } from '@app/definition';
import { dueFires } from './due-fires.js';

/** Most fires of one schedule that wait for earlier runs; backfills do not count, they are bounded when asked for. */
export const MOST_QUEUED = 100;
/** Most waiting fires that one turn starts at once. */
const MOST_STARTED = 100;

/** Why a fire started no run. */
export type SkipReason = 'late' | 'overlap' | 'queue_full' | 'superseded' | 'stopped';

/** A fire that waits for earlier runs to end. */
export interface QueuedFire {
  at: number;
  kind: 'fire' | 'backfill';
  overlap: Overlap;
}

/** One schedule, as its locked row and what belongs to it say. All times are ms since 1970. */
export interface ScheduleState {
  schedule: CronSchedule;
  overlap: Overlap;
  catchUp: CatchUp;
  windowMs: number;
  /** The next fire nobody has dealt with; null while the schedule stands still. */
  nextAt: number | null;
  isPaused: boolean;
  /** Whether the workflow is active, and its owner may act. */
  mayFire: boolean;
  /** The earliest first. */
  queued: readonly QueuedFire[];
  /** Whether a run that the schedule started is not over. */
  hasUnfinished: boolean;
}

/** What becomes of a fire. */
export interface FireDecision extends QueuedFire {
  status: 'started' | 'queued' | 'skipped';
  reason?: SkipReason;
}

export interface TurnPlan {
  /** Of each fire that is new, or that waits no longer. */
  decisions: FireDecision[];
  /** Whether the unfinished runs of the schedule are to be cancelled. */
  cancelsUnfinished: boolean;
  nextAt: number | null;
}

/** What a schedule does now. A pure function, so that each rule is a line of a table in its test. */
export function planTurn(state: ScheduleState, now: number): TurnPlan {
  const isDue = state.nextAt !== null && !state.isPaused && state.nextAt <= now;
  if (!state.mayFire) {
    const decisions = state.queued.map((fire) => skipped(fire, 'stopped'));
    return { decisions, cancelsUnfinished: false, nextAt: isDue ? (state.schedule.next(now) ?? null) : state.nextAt };
  }
  const due = isDue ? dueFires(state, now) : { fires: [], nextAt: state.nextAt };
  const turn = new Turn(state);
  if (due.late !== undefined && !state.queued.some(({ at }) => at === due.late))
    turn.decide(skipped(newFire(due.late, state.overlap), 'late'));
  turn.startQueued(due.fires.length > 0);
  due.fires.forEach((at, index) => turn.fire(at, index === due.fires.length - 1));
  return { decisions: turn.decisions, cancelsUnfinished: turn.cancelsUnfinished, nextAt: due.nextAt };
}

/** The decisions of one turn, each seeing what the ones before it have started. */
class Turn {
  readonly decisions: FireDecision[] = [];
  cancelsUnfinished = false;
  private isBusy: boolean;
  private waiting: QueuedFire[] = [];

  constructor(private readonly state: ScheduleState) {
    this.isBusy = state.hasUnfinished;
  }

  decide(decision: FireDecision): void {
    this.decisions.push(decision);
  }

  /** @param hasNew whether there are new fires, before which those that cancel their predecessors give way */
  startQueued(hasNew: boolean): void {
    const { queued, isPaused, overlap } = this.state;
    let started = 0;
    for (const fire of queued) {
      if (hasNew && overlap === Overlap.Cancel && fire.kind === 'fire') this.decide(skipped(fire, 'superseded'));
      else if (isPaused && fire.kind === 'fire') this.waiting.push(fire);
      else if (started < MOST_STARTED && (fire.overlap === Overlap.Allow || !this.isBusy)) {
        this.start(fire);
        started += 1;
      } else this.waiting.push(fire);
    }
  }

  /** A fire that is due now. */
  fire(at: number, isLast: boolean): void {
    if (this.state.queued.some((fire) => fire.at === at)) return;
    const fire = newFire(at, this.state.overlap);
    const hasToWait = this.isBusy || this.waiting.length > 0;
    switch (fire.overlap) {
      case Overlap.Allow:
        return this.start(fire);
      case Overlap.Skip:
        return hasToWait ? this.decide(skipped(fire, 'overlap')) : this.start(fire);
      case Overlap.Queue:
        if (!hasToWait) return this.start(fire);
        return this.isQueueFull() ? this.decide(skipped(fire, 'queue_full')) : this.queue(fire);
      case Overlap.Cancel:
        if (!isLast) return this.decide(skipped(fire, 'superseded'));
        if (!hasToWait) return this.start(fire);
        this.cancelsUnfinished = true;
        return this.queue(fire);
    }
  }

  private start(fire: QueuedFire): void {
    this.decide({ ...fire, status: 'started' });
    this.isBusy = true;
  }

  private queue(fire: QueuedFire): void {
    this.decide({ ...fire, status: 'queued' });
    this.waiting.push(fire);
  }

  private isQueueFull(): boolean {
    return this.waiting.filter(({ kind }) => kind === 'fire').length >= MOST_QUEUED;
  }
}

function newFire(at: number, overlap: Overlap): QueuedFire {
  return { at, kind: 'fire', overlap };
}

function skipped(fire: QueuedFire, reason: SkipReason): FireDecision {
  return { ...fire, status: 'skipped', reason };
}
