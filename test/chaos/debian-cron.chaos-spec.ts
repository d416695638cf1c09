import { CronLine, CronSchedule } from '@app/definition';
import { sized } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CORRECTION_MS, firesByRule, skippedBeside } from './fires/cron-rule.js';
import { DebianCron, whyNoCron, type Watch } from './fires/debian-cron.js';
import { lines as allLines } from './fires/lines.js';
import { transitionTables, type Change } from './fires/transition-tables.js';
import { note } from './support/figures.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** What is watched before and after the hours that are skipped or repeated. */
const AROUND_MS = 20 * MINUTE_MS;
/** How late cron may be by its own clock because this machine is busy: more than that it takes for a change of the clocks. */
const LATE_MS = 4 * MINUTE_MS;
/** How fast its clock runs; the second one where the first was too fast for this machine. */
const RATES = [120, 40];
const AT_A_TIME = 4;
/** For each that are watched at a time, at the lower rate. */
const TIMEOUT = { timeout: sized({ ci: 400_000, full: 3_600_000 }) };
const EACH_MINUTE = '* * * * *';

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
  /** Of the minutes after the end of what is watched: they may still be for one before it. */
  late: number[];
  /** Whether it follows the clock, as cron's source tells. */
  isFrequent: boolean;
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
    const unwatched: string[] = [];
    for (let first = 0; first < all.length; first += AT_A_TIME) {
      const some = all.slice(first, first + AT_A_TIME);
      const watchedLines = await Promise.all(some.map((place) => watch(cron, place)));
      for (const [index, { zone }] of some.entries()) if (watchedLines[index] === undefined) unwatched.push(zone);
      for (const watched of watchedLines.flatMap((of) => of ?? [])) {
        const { line, ours, expected, difference } = watched;
        const expectedTimes = expected.map(iso);
        if (watched.isFrequent)
          expect({ line, missed: missedOf(watched), strange: strangeIn(watched) }).toEqual({
            line,
            missed: [],
            strange: [],
          });
        else expect({ line, starts: inMinutes(watched) }).toEqual({ line, starts: expectedTimes });
        if (difference === undefined) expect({ line, ours: ours.map(iso) }).toEqual({ line, ours: expectedTimes });
        else counts.set(DIFFERENCES[difference], (counts.get(DIFFERENCES[difference]) ?? 0) + 1);
      }
    }
    note(test, {
      changes: all.length - unwatched.length,
      lines: lines.length,
      compared: (all.length - unwatched.length) * lines.length,
      ...Object.fromEntries(counts),
    });
    // Nothing is wrong with anybody's fires then; whoever reads the summary is to know that they were not compared.
    test.skip(unwatched.length > 0, `This machine was too busy to watch cron in ${unwatched.join(', ')}: it was late.`);
  });
});

async function watch(cron: DebianCron, { zone, change }: ZoneChange): Promise<Watched[] | undefined> {
  // The hour that is repeated is watched both times.
  const before = AROUND_MS + Math.max(0, -change.shift);
  const [from, until] = [change.at - before, change.at + AROUND_MS + Math.abs(change.shift)];
  const starts = await startsInTime(cron, { lines, zone, from, until: until + LATE_MS });
  if (starts === undefined) return undefined;
  return lines.map((cronLine, index) => {
    const line = { cron: cronLine, zone, change };
    const isFrequent = hasStar(cronLine);
    const more = isFrequent ? 0 : skippedBeside(line);
    const isExactly = change.shift === -CORRECTION_MS;
    const isCorrection = Math.abs(change.shift) >= CORRECTION_MS && !isExactly;
    const fires = firesByRule({ ...line, after: from, until }, isFrequent, isCorrection);
    const expected = [...fires, ...Array<number>(more).fill(change.at)].toSorted((a, b) => a - b);
    // Whatever else it started after the end belongs to later times.
    const isDue = (at: number, place: number): boolean => at <= until || (!isFrequent && place < expected.length);
    const inTime = (starts[index] ?? []).filter((at, place) => isDue(at, place));
    const late = (starts[index] ?? []).filter((at) => at > until && at < until + LATE_MS);
    const ours = CronSchedule.of({ cron: cronLine, timezone: zone }).between(from, until, Infinity);
    const isOtherKind = CronLine.parse(cronLine).followsClock !== isFrequent;
    const isRepeated = isExactly && ours.length > expected.length;
    const difference = isOtherKind ? 'hours' : isRepeated ? 'exactly' : more > 0 ? 'several' : undefined;
    return { line, starts: inTime, late, isFrequent, expected, ours, difference };
  });
}

/** How cron's source tells the lines apart that follow the clock. */
function hasStar(line: string): boolean {
  const [minute = '', hour = ''] = line.split(' ');
  return minute.startsWith('*') || hour.startsWith('*');
}

/** What it started; undefined when it was late by its own clock at each rate. */
async function startsInTime(cron: DebianCron, watched: Omit<Watch, 'rate'>): Promise<number[][] | undefined> {
  for (const rate of RATES) {
    const starts = await cron.starts({ ...watched, rate });
    const probe = starts[lines.indexOf(EACH_MINUTE)] ?? [];
    if (probe.every((at, index) => at - watched.from - (index + 1) * MINUTE_MS < LATE_MS)) return starts;
  }
  return undefined;
}

/**
 * Times at which nothing was started. Lines that follow the clock are not counted: while cron catches up with a change, it
 * may start them twice for the same minute.
 */
function missedOf({ starts, late, expected }: Watched): string[] {
  return expected.filter((due) => ![...starts, ...late].some((at) => at >= due && at < due + LATE_MS)).map(iso);
}

/** Starts at times that are not the line's. */
function strangeIn({ starts, expected }: Watched): string[] {
  return starts.filter((at) => !expected.some((due) => at >= due && at < due + LATE_MS)).map(iso);
}

/** Each start as the time it was for, when it was not too late for it. */
function inMinutes({ starts, expected }: Watched): string[] {
  return starts.map((at, index) => {
    const due = expected[index];
    return iso(due !== undefined && at >= due && at < due + LATE_MS ? due : at);
  });
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
