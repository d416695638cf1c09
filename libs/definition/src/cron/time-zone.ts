const SECOND_MS = 1_000;
const SHOWN = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/;

/** A zone of the IANA database, as the runtime knows it. */
export class TimeZone {
  /** The change that was looked for last: near one, the same is asked for with each fire. */
  private found: { from: number; change: number } | undefined;

  private constructor(
    readonly name: string,
    private readonly format: Intl.DateTimeFormat,
  ) {}

  /** The zone of this name; undefined when there is none. An offset like +02:00 is no zone. */
  static of(name: string): TimeZone | undefined {
    if (!/^[A-Za-z]/.test(name)) return undefined;
    try {
      const format = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
      return new TimeZone(name, format);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** How far the zone's clocks are ahead of UTC at this time (ms since 1970), in ms. */
  offsetAt(ms: number): number {
    const second = Math.floor(ms / SECOND_MS) * SECOND_MS;
    const [, month, day, year, hour, minute, s] = (SHOWN.exec(this.format.format(second)) ?? []).map(Number);
    return Date.UTC(year ?? NaN, (month ?? NaN) - 1, day, hour, minute, s) - second;
  }

  /** The first moment in (after, until] at which another offset holds than before; undefined when there is none. */
  changeBetween(afterMs: number, untilMs: number): number | undefined {
    const { from = 0, change = 0 } = this.found ?? {};
    if (from <= afterMs && afterMs < change && change <= untilMs) return change;
    const offset = this.offsetAt(afterMs);
    if (this.offsetAt(untilMs) === offset) return undefined;
    let [before, at] = [afterMs, untilMs];
    while (at - before > 1) {
      const middle = before + Math.floor((at - before) / 2);
      if (this.offsetAt(middle) === offset) before = middle;
      else at = middle;
    }
    this.found = { from: afterMs, change: at };
    return at;
  }

  /** RFC 3339 with the offset that holds at this time: `2026-03-29T03:00:00+02:00`. */
  format3339(ms: number): string {
    const minutes = Math.round(this.offsetAt(ms) / 60_000);
    const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
    const sign = minutes < 0 ? '-' : '+';
    const local = new Date(ms + minutes * 60_000).toISOString().slice(0, 19);
    return `${local}${sign}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
  }
}
