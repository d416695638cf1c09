import { CronLine, CronSchedule } from '@app/definition';
import { sized } from '@app/testing';
import { expect, it } from 'vitest';
import { firesByRule, type Case } from './fires/cron-rule.js';
import { libraries } from './fires/libraries.js';
import { lines } from './fires/lines.js';
import { transitionTables, type Change } from './fires/transition-tables.js';
import { chance } from './support/chance.js';
import { note } from './support/figures.js';

const HOUR_MS = 3_600_000;
const WINDOW_MS = 48 * HOUR_MS;
/** Ten years, some of them to come. */
const [FROM, TO] = [Date.UTC(2018, 0), Date.UTC(2028, 0)];

const tables = transitionTables(FROM, TO);

function ours({ cron, zone, after, until }: Case): number[] {
  return CronSchedule.of({ cron, timezone: zone }).between(after, until, Infinity);
}

/** The window around a change, cut where the next change begins. */
function around(changes: readonly Change[], index: number): Pick<Case, 'after' | 'until' | 'change'> {
  const change = changes[index] as Change;
  const after = Math.max(change.at - WINDOW_MS, changes[index - 1]?.at ?? 0);
  const until = Math.min(change.at + WINDOW_MS, (changes[index + 1]?.at ?? Infinity) - 1);
  return { change, after, until };
}

it('fires near each change of the clocks are those of cron(8), by every distinct table of the IANA zones', (test) => {
  const draw = chance('fires');
  const cases = tables.flatMap(({ zone, changes }) =>
    changes.flatMap((_, index) => lines.map((cron): Case => ({ cron, zone, ...around(changes, index) }))),
  );
  // In CI each table and each line some times, not each of both.
  const chosen = sized({ ci: cases.filter(() => draw(1, 100) === 1), full: cases });
  const found = new Disagreements();
  for (const line of chosen) {
    const { followsClock } = CronLine.parse(line.cron);
    const fires = ours(line);
    expect({ line, fires }).toEqual({ line, fires: firesByRule(line, followsClock) });
    for (const [name, firesOf] of Object.entries(libraries)) {
      found.compare(name, { line, followsClock, fires, theirs: firesOf(line, followsClock) });
    }
  }
  note(test, { tables: tables.length, lines: lines.length, compared: chosen.length, ...found.figures });
  // Whoever handles a change in another way does so near it: the rest of four days is the same for all.
  expect(found.far).toEqual([]);
});

it('the next fire after a random time is that of two other libraries', (test) => {
  const draw = chance('random fires');
  let compared = 0;
  for (let count = sized({ ci: 100, full: 1_000 }); count > 0; count--) {
    const { zone, changes } = tables[draw(0, tables.length - 1)] as (typeof tables)[number];
    const after = draw(FROM / 1_000, TO / 1_000) * 1_000;
    const until = after + 31 * 24 * HOUR_MS;
    // Around a change is the other test's.
    if (changes.some(({ at }) => at > after - WINDOW_MS && at <= until)) continue;
    for (const cron of lines) {
      const line = { cron, zone, after, until, change: { at: 0, shift: 0 } };
      const next = CronSchedule.of({ cron, timezone: zone }).next(after);
      const expected = next !== undefined && next <= until ? next : undefined;
      for (const [name, firesOf] of Object.entries(libraries)) {
        const [theirs] = firesOf({ ...line, until: expected ?? until }, CronLine.parse(cron).followsClock);
        expect({ name, line, fire: theirs }).toEqual({ name, line, fire: expected });
      }
      compared += 1;
    }
  }
  note(test, { compared });
});

interface Compared {
  line: Case;
  followsClock: boolean;
  fires: number[];
  theirs: number[];
}

/** Where a library fires at other times, by the rule of ours that it does not have. */
class Disagreements {
  readonly far: unknown[] = [];
  private readonly counts = new Map<string, number>();

  get figures(): Record<string, number> {
    return Object.fromEntries([...this.counts].toSorted());
  }

  compare(name: string, { line, followsClock, fires, theirs }: Compared): void {
    const differing = [...fires.filter((at) => !theirs.includes(at)), ...theirs.filter((at) => !fires.includes(at))];
    if (differing.length === 0) return;
    const { at, shift } = line.change;
    // What it says of times days after a change of half an hour, no clock shows.
    const isFault = name === 'cron-parser' && shift % HOUR_MS !== 0;
    const direction = isFault ? 'by half an hour' : shift > 0 ? 'forward' : 'back';
    const what = `${name} differs, clocks go ${direction}; ours: ${rule(followsClock, shift)}`;
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
    if (isFault) return;
    const reach = Math.max(Math.abs(shift), HOUR_MS) + HOUR_MS;
    if (differing.some((fire) => Math.abs(fire - at) > reach)) this.far.push({ name, line, differing });
  }
}

function rule(followsClock: boolean, shift: number): string {
  if (followsClock) return shift > 0 ? 'not in the skipped hour' : 'in both of the repeated hours';
  return shift > 0 ? 'skipped times right after the change' : 'repeated times once, the first time';
}
