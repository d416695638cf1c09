const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const SHOWN = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/;
/** How far apart the offset is looked at: no zone has gone forth and back in less. */
const STRIDE_MS = 36 * HOUR_MS;
/** Zones that are kept: a formatter takes a tenth of a millisecond to make, and 26 KB. */
const MOST_KEPT = 200;

/** A time without a change, [from, until), and the offset in it. */
interface Stretch {
  from: number;
  until: number;
  offset: number;
  /** Another offset holds at `until`; otherwise nobody has looked further yet. */
  endsInChange: boolean;
}

/** A zone of the IANA database, as the runtime knows it. */
export class TimeZone {
  /** Of valid names only, which everybody who asks for them shares. */
  private static readonly kept = new Map<string, TimeZone>();

  /** Around the time that was asked about last: fires are near one another, and near now. */
  private stretch: Stretch = { from: 0, until: 0, offset: 0, endsInChange: false };

  private constructor(
    readonly name: string,
    private readonly format: Intl.DateTimeFormat,
  ) {}

  /** The zone of this name; undefined when there is none. An offset like +02:00 is no zone. */
  static of(name: string): TimeZone | undefined {
    const kept = TimeZone.kept.get(name);
    if (kept !== undefined) return kept;
    if (!/^[A-Za-z]/.test(name)) return undefined;
    try {
      const zone = new TimeZone(name, formatOf(name));
      const [oldest] = TimeZone.kept.keys();
      if (oldest !== undefined && TimeZone.kept.size >= MOST_KEPT) TimeZone.kept.delete(oldest);
      TimeZone.kept.set(name, zone);
      return zone;
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** How far the zone's clocks are ahead of UTC at this time (ms since 1970), in ms. */
  offsetAt(ms: number): number {
    return isIn(this.stretch, ms) ? this.stretch.offset : this.shownOffset(ms);
  }

  /** The first moment in (after, until] at which another offset holds than before; undefined when there is none. */
  changeBetween(afterMs: number, untilMs: number): number | undefined {
    if (!isIn(this.stretch, afterMs)) {
      this.stretch = { from: afterMs, until: afterMs + 1, offset: this.shownOffset(afterMs), endsInChange: false };
    }
    while (this.stretch.until <= untilMs && !this.stretch.endsInChange) this.lookFurther(this.stretch);
    return this.stretch.until <= untilMs ? this.stretch.until : undefined;
  }

  private lookFurther(stretch: Stretch): void {
    let [before, at] = [stretch.until - 1, stretch.until - 1 + STRIDE_MS];
    if (this.shownOffset(at) === stretch.offset) {
      stretch.until = at + 1;
      return;
    }
    while (at - before > 1) {
      const middle = before + Math.floor((at - before) / 2);
      if (this.shownOffset(middle) === stretch.offset) before = middle;
      else at = middle;
    }
    stretch.until = at;
    stretch.endsInChange = true;
  }

  private shownOffset(ms: number): number {
    const second = Math.floor(ms / SECOND_MS) * SECOND_MS;
    const [, month, day, year, hour, minute, s] = (SHOWN.exec(this.format.format(second)) ?? []).map(Number);
    return Date.UTC(year ?? NaN, (month ?? NaN) - 1, day, hour, minute, s) - second;
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

function isIn({ from, until }: Stretch, ms: number): boolean {
  return from <= ms && ms < until;
}

/** @throws RangeError when there is no such zone */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}
