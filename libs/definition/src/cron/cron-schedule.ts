import { CronLine } from './cron-line.js';
import { nextFire } from './next-fire.js';
import { TimeZone } from './time-zone.js';

const SECOND_MS = 1_000;

/** When a line fires in a zone. All times are ms since 1970; nothing here reads a clock. */
export class CronSchedule {
  private constructor(
    private readonly line: CronLine,
    readonly zone: TimeZone,
  ) {}

  /**
   * @param cron see CronLine
   * @param timezone an IANA name
   * @throws CronLineError; RangeError when there is no such zone
   */
  static of({ cron, timezone }: { cron: string; timezone: string }): CronSchedule {
    const zone = TimeZone.of(timezone);
    if (zone === undefined) throw new RangeError(`'${timezone}' is not a time zone`);
    return new CronSchedule(CronLine.parse(cron), zone);
  }

  /** The first fire after this time; undefined when there is none. */
  next(afterMs: number): number | undefined {
    return nextFire(this.line, this.zone, afterMs);
  }

  /** The fires in (after, until], the earliest first; at most so many. */
  between(afterMs: number, untilMs: number, most: number): number[] {
    const fires: number[] = [];
    for (let fire = this.next(afterMs); fires.length < most; fire = this.next(fire)) {
      if (fire === undefined || fire > untilMs) break;
      fires.push(fire);
    }
    return fires;
  }

  /** The last fire in (after, until], found without going through the others; undefined when there is none. */
  last(afterMs: number, untilMs: number): number | undefined {
    let found: number | undefined;
    let [low, high] = [afterMs, untilMs];
    while (high - low >= SECOND_MS || found === undefined) {
      // The first look is at the whole: is there any?
      const from = found === undefined ? low : low + Math.floor((high - low) / 2);
      const fire = this.next(from);
      if (fire !== undefined && fire <= untilMs) found = low = fire;
      else if (found === undefined) return undefined;
      else high = from;
    }
    return found;
  }
}
