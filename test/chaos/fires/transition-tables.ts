import { TimeZone } from '@app/definition';

const WEEK_MS = 7 * 86_400_000;

/** The changes of offset that some zones have in common. */
export interface TransitionTable {
  /** One of the zones that have it. */
  zone: string;
  changes: Change[];
}

export interface Change {
  /** The first moment of the new offset, ms since 1970. */
  at: number;
  /** By how much the clocks go forward, in ms; negative when they go back. */
  shift: number;
}

/** Every distinct table among the zones of the IANA database that the runtime knows, between two times. */
export function transitionTables(from: number, to: number): TransitionTable[] {
  const tables = new Map<string, TransitionTable>();
  for (const name of ['UTC', ...Intl.supportedValuesOf('timeZone')]) {
    const zone = TimeZone.of(name);
    if (zone === undefined) throw new Error(`${name} is not known.`);
    const changes = changesOf(zone, from, to);
    const key = JSON.stringify([zone.offsetAt(from), changes]);
    if (!tables.has(key)) tables.set(key, { zone: name, changes });
  }
  return [...tables.values()];
}

function changesOf(zone: TimeZone, from: number, to: number): Change[] {
  const changes: Change[] = [];
  // No zone changes twice in a week, but Ramadan comes close to it.
  for (let week = from; week < to; week += WEEK_MS) {
    const end = Math.min(week + WEEK_MS, to);
    for (let at = zone.changeBetween(week, end); at !== undefined; at = zone.changeBetween(at, end)) {
      changes.push({ at, shift: zone.offsetAt(at) - zone.offsetAt(at - 1) });
    }
  }
  return changes;
}
