import { CatchUp, type CronSchedule } from '@app/definition';

/** A fire is in time for so long: a restart or a deployment that takes less loses none, whatever `catch_up` says. */
export const IN_TIME_MS = 60_000;
/** Most fires of one schedule that one turn deals with; the rest is due in the next turn. */
export const MOST_FIRES = 100;

export interface DueFires {
  /** Those that are to start a run, if the overlap lets them, the earliest first. */
  fires: number[];
  /** The newest of those that are given up because they are too late. */
  late?: number | undefined;
  nextAt: number | null;
}

/** What `catch_up` needs to know. */
interface DueSchedule {
  schedule: CronSchedule;
  catchUp: CatchUp;
  windowMs: number;
  nextAt: number | null;
}

/**
 * The fires that are due of a schedule whose next one is not in the future. However long nobody looked, the work is
 * bounded: what is given up is not gone through one by one.
 */
export function dueFires({ schedule, catchUp, windowMs, nextAt }: DueSchedule, now: number): DueFires {
  const first = (nextAt ?? now) - 1;
  const inTime = Math.max(first, now - IN_TIME_MS);
  const taken = (from: number): DueFires => {
    const fires = schedule.between(from, now, MOST_FIRES);
    const last = fires.length === MOST_FIRES ? fires.at(-1) : undefined;
    return { fires, late: schedule.last(first, from), nextAt: schedule.next(last ?? now) ?? null };
  };
  switch (catchUp) {
    case CatchUp.All:
      return taken(Math.max(first, now - Math.max(windowMs, IN_TIME_MS)));
    case CatchUp.None:
      return taken(inTime);
    case CatchUp.Last: {
      const newest = schedule.last(first, now);
      const isAlone = newest !== undefined && newest <= inTime && newest > now - windowMs;
      return taken(isAlone ? newest - 1 : inTime);
    }
  }
}
