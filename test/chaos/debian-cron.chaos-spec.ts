import { CronLine, CronSchedule } from '@app/definition';
import { sized } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CORRECTION_MS, firesByRule, skippedBeside } from './fires/cron-rule.js';
import { DebianCron, whyNoCron } from './fires/debian-cron.js';
import { lines as allLines } from './fires/lines.js';
import { transitionTables, type Change } from './fires/transition-tables.js';
import { note } from './support/figures.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** What is watched before and after the hours that are skipped or repeated. */
const AROUND_MS = 20 * MINUTE_MS;
const AT_A_TIME = 4;
const TIMEOUT = { timeout: sized({ ci: 400_000, full: 3_600_000 }) };

/** Those that Debian's cron can read: the days from the end of a month it does not know. */
const lines = allLines.filter((line) => !line.split(' ').some((field) => /^\d?L$/.test(field)));

/** An hour as in Europe and in America, half an hour as on Lord Howe Island. */
const CI_KINDS = new Set([
  `${HOUR_MS} 03:00:00`,
  `${-HOUR_MS} 01:00:00`,
  `${HOUR_MS / 2} 02:30:00`,
  `${-HOUR_MS / 2} 01:30:00`,
]);

interface ZoneChange {
  zone: string;
  change: Change;
}

interface Watched {
  line: ZoneChange & { cron: string };
  /** Of Debian's cron, ms since 1970. */
  starts: number[];
  /** By the rule that its source has. */
  expected: number[];
  ours: number[];
  /** Why ours may differ from it. */
  difference: keyof typeof DIFFERENCES | undefined;
}

/** Where Debian's cron does something else, and what we do. See docs/adr/0016-fires.md. */
const DIFFERENCES = {
  hours: 'a step of hours does not matter to it when clocks change; ours: fixed times, as its manual says',
  exactly: 'it takes exactly three hours back for less than three; ours: a correction, as its manual says',
  several: 'it starts once for each skipped time; ours: once for all of them',
};

/**
 * An hour and half an hour, forward and back; in the full size every kind of change that ten years have: by how much, and
 * at what time of the day.
 */
function changes(): ZoneChange[] {
  const kinds = new Map<string, ZoneChange>();
  for (const { zone, changes: ofZone } of transitionTables(Date.UTC(2018, 0), Date.UTC(2028, 0))) {
    for (const change of ofZone) {
      const time = new Date(change.at).toLocaleTimeString('en-GB', { timeZone: zone });
      kinds.set(`${change.shift} ${time}`, { zone, change });
    }
  }
  const some = [...kinds].filter(([kind]) => CI_KINDS.has(kind));
  return sized({ ci: some, full: [...kinds] }).map(([, place]) => place);
}

const whyNot = whyNoCron();
if (whyNot !== undefined) process.stderr.write(`Fires are not compared with Debian's cron: ${whyNot}.\n`);

describe.skipIf(whyNot !== undefined)("Debian's cron, shown another clock", () => {
  let cron: DebianCron;

  beforeAll(async () => {
    cron = await DebianCron.unpack();
  });

  afterAll(() => cron.remove());

  it('starts what we start while the clocks change, at the same times', TIMEOUT, async (test) => {
    const all = changes();
    const counts = new Map<string, number>();
    let started = 0;
    for (let first = 0; first < all.length; first += AT_A_TIME) {
      const watched = await Promise.all(all.slice(first, first + AT_A_TIME).map((place) => watch(cron, place)));
      for (const { line, starts, expected, ours, difference } of watched.flat()) {
        started += starts.length;
        const expectedTimes = expected.map(iso);
        expect({ line, starts: starts.map(iso) }).toEqual({ line, starts: expectedTimes });
        if (difference === undefined) expect({ line, ours: ours.map(iso) }).toEqual({ line, ours: expectedTimes });
        else counts.set(DIFFERENCES[difference], (counts.get(DIFFERENCES[difference]) ?? 0) + 1);
      }
    }
    note(test, {
      changes: all.length,
      lines: lines.length,
      compared: all.length * lines.length,
      starts: started,
      ...Object.fromEntries(counts),
    });
  });
});

async function watch(cron: DebianCron, { zone, change }: ZoneChange): Promise<Watched[]> {
  // The hour that is repeated is watched both times.
  const before = AROUND_MS + Math.max(0, -change.shift);
  const [from, until] = [change.at - before, change.at + AROUND_MS + Math.abs(change.shift)];
  const starts = await cron.starts({ lines, zone, from, until });
  return lines.map((cronLine, index) => {
    const line = { cron: cronLine, zone, change };
    const isFrequent = hasStar(cronLine);
    const more = isFrequent ? 0 : skippedBeside(line);
    const isExactly = change.shift === -CORRECTION_MS;
    const isCorrection = Math.abs(change.shift) >= CORRECTION_MS && !isExactly;
    const fires = firesByRule({ ...line, after: from, until }, isFrequent, isCorrection);
    const expected = [...fires, ...Array<number>(more).fill(change.at)].toSorted((a, b) => a - b);
    const ours = CronSchedule.of({ cron: cronLine, timezone: zone }).between(from, until, Infinity);
    const isOtherKind = CronLine.parse(cronLine).followsClock !== isFrequent;
    const isRepeated = isExactly && ours.length > expected.length;
    const difference = isOtherKind ? 'hours' : isRepeated ? 'exactly' : more > 0 ? 'several' : undefined;
    return { line, starts: starts[index] ?? [], expected, ours, difference };
  });
}

/** How cron's source tells the lines apart that follow the clock. */
function hasStar(line: string): boolean {
  const [minute = '', hour = ''] = line.split(' ');
  return minute.startsWith('*') || hour.startsWith('*');
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
