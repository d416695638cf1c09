import { CronExpressionParser } from 'cron-parser';
import type { Change } from './transition-tables.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Greater changes are corrections of the clock (cron(8)): the new time counts at once. */
export const CORRECTION_MS = 3 * 60 * MINUTE_MS;

/** A line in a zone around a change of its offset. Times are ms since 1970. */
export interface Case {
  cron: string;
  zone: string;
  change: Change;
  /** What is compared: (after, until], with this change in it and no other. */
  after: number;
  until: number;
}

/**
 * cron(8)'s rule read as it is written and without any cleverness: it looks at the zone's clocks in each minute. The
 * calendar is another library's, in UTC.
 * @param followsClock whether the line runs so often that changes do not matter to it
 * @param isCorrection whether the change is so great that no line is treated in another way
 */
export function firesByRule(
  { cron, zone, change, after, until }: Case,
  followsClock: boolean,
  isCorrection = Math.abs(change.shift) >= CORRECTION_MS,
): number[] {
  const shown = clock(zone);
  const named = namedTimes(cron, after - DAY_MS, until + DAY_MS);
  const isHandled = !followsClock && !isCorrection;
  const isAnySkipped = skipped(named, change, shown).length > 0;
  const fires: number[] = [];
  const seen = new Set<number>();
  // From before the window, so that what is repeated in it has been seen.
  for (let at = after - DAY_MS; at <= until; at += MINUTE_MS) {
    const wall = shown(at);
    const isNamed = named.has(wall) && !(isHandled && seen.has(wall));
    seen.add(wall);
    const isLate = isHandled && isAnySkipped && at === change.at;
    if (at > after && (isNamed || isLate)) fires.push(at);
  }
  return fires;
}

/**
 * How many times of a line, which does not follow the clock, fall on the moment of a change beside the first one: those
 * that no clock shows, and that of the new time itself.
 */
export function skippedBeside({ cron, zone, change }: Pick<Case, 'cron' | 'zone' | 'change'>): number {
  if (change.shift >= CORRECTION_MS) return 0;
  const shown = clock(zone);
  const named = namedTimes(cron, change.at - 2 * DAY_MS, change.at + 2 * DAY_MS);
  const missed = skipped(named, change, shown).length;
  return Math.max(0, missed - (named.has(shown(change.at)) ? 0 : 1));
}

function skipped(named: ReadonlySet<number>, { at, shift }: Change, shown: (at: number) => number): number[] {
  return [...named].filter((time) => time >= shown(at) - shift && time < shown(at));
}

/** What was asked of last is asked of again: forty lines look at the same minutes of the same clocks. */
let lastClock: { zone: string; shown: (at: number) => number } | undefined;
let lastNamed: { span: string; byLine: Map<string, ReadonlySet<number>> } | undefined;

/** What the zone's clocks show, as if they were UTC's. */
function clock(zone: string): (at: number) => number {
  if (lastClock?.zone === zone) return lastClock.shown;
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  const seen = new Map<number, number>();
  const shown = (at: number): number => {
    const wall = seen.get(at) ?? Date.parse(`${format.format(at).replace(' ', 'T')}Z`);
    seen.set(at, wall);
    return wall;
  };
  lastClock = { zone, shown };
  return shown;
}

/** The times that a line names, on clocks that nothing ever happens to. */
function namedTimes(cron: string, after: number, until: number): ReadonlySet<number> {
  const span = `${after} ${until}`;
  if (lastNamed?.span !== span) lastNamed = { span, byLine: new Map() };
  const { byLine } = lastNamed;
  const named =
    byLine.get(cron) ?? new Set(take(cron, { tz: 'UTC', currentDate: new Date(after), endDate: new Date(until) }));
  byLine.set(cron, named);
  return named;
}

/** The fires of a line between two times by the library cron-parser. */
export function take(cron: string, options: { tz: string; currentDate: Date; endDate: Date }): number[] {
  const fires: number[] = [];
  const line = CronExpressionParser.parse(cron, options);
  try {
    for (;;) fires.push(line.next().getTime());
  } catch (error) {
    // How it says that there are no more.
    if (error instanceof Error && /time span range|loop limit/.test(error.message)) return fires;
    throw error;
  }
}
