import type { CronLine } from './cron-line.js';
import type { TimeZone } from './time-zone.js';

const HOUR_MS = 3_600_000;
/** How far ahead a change of the offset is looked for at once: more than the largest jump any zone has made (a day). */
const LOOK_AHEAD_MS = 36 * HOUR_MS;
/** "Local time changes of less than three hours … are handled specially" (cron(8)); greater ones are corrections. */
const SPECIAL_BELOW_MS = 3 * HOUR_MS;

/** Where a search stands: a moment, and the time on the zone's clocks after which the line's next time is wanted. */
interface Position {
  at: number;
  offset: number;
  wallAfter: number;
}

/**
 * The first fire of a line in a zone after a time, by the rule of Vixie cron's cron(8) for local time changes:
 *
 * - A line that follows the clock fires whenever the clocks show a time of it: not in a skipped hour, and twice in a
 *   repeated one.
 * - Any other line fires once right after the change for all its times in a skipped interval, and in a repeated
 *   interval only the first time.
 * - Changes of three hours or more are corrections of the clock: then every line follows it.
 *
 * @param afterMs ms since 1970
 * @returns ms since 1970, a whole second; undefined when the line names no further time
 */
export function nextFire(line: CronLine, zone: TimeZone, afterMs: number): number | undefined {
  let from = start(line, zone, afterMs);
  for (;;) {
    const wall = line.nextOnCalendar(from.wallAfter);
    if (wall === undefined) return undefined;
    const fire = wall - from.offset;
    // Far from any change nothing else has to be looked at.
    const until = from.at + LOOK_AHEAD_MS;
    const change = zone.changeBetween(from.at, until);
    if (fire < (change ?? until)) return fire;
    if (change === undefined) {
      from = resumed(zone, Math.max(until, fire - LOOK_AHEAD_MS));
      continue;
    }
    const offset = zone.offsetAt(change);
    const shift = offset - from.offset;
    const isHandled = !line.followsClock && Math.abs(shift) < SPECIAL_BELOW_MS;
    if (isHandled && wall < change + offset) return change;
    // In a repeated interval the times that were there already are not wanted again.
    const repeatedUntil = isHandled && shift < 0 ? change + from.offset : change + offset;
    from = { at: change, offset, wallAfter: repeatedUntil - 1 };
  }
}

function start(line: CronLine, zone: TimeZone, at: number): Position {
  const offset = zone.offsetAt(at);
  const position = { at, offset, wallAfter: at + offset };
  if (line.followsClock) return position;
  const change = zone.changeBetween(at - SPECIAL_BELOW_MS, at);
  if (change === undefined) return position;
  const earlier = zone.offsetAt(change - 1);
  const isRepeat = earlier > offset && earlier - offset < SPECIAL_BELOW_MS;
  return isRepeat ? { ...position, wallAfter: Math.max(position.wallAfter, change + earlier - 1) } : position;
}

/** The clocks go on from here; the line has no time that they show before it. */
function resumed(zone: TimeZone, at: number): Position {
  const offset = zone.offsetAt(at);
  return { at, offset, wallAfter: at + offset - 1 };
}
