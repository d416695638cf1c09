import { CronLine, CronSchedule } from '@app/definition';
import { sized } from '@app/testing';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { compareOnThreads } from './fires/comparing-threads.js';
import type { Case } from './fires/cron-rule.js';
import { libraries } from './fires/libraries.js';
import { lines } from './fires/lines.js';
import { transitionTables, type Change } from './fires/transition-tables.js';
import { chance } from './support/chance.js';
import { note } from './support/figures.js';

const HOUR_MS = 3_600_000;
const WINDOW_MS = 48 * HOUR_MS;
/** Ten years, some of them to come. */
const [FROM, TO] = [Date.UTC(2018, 0), Date.UTC(2028, 0)];

/** For all of it on two busy processors. */
const TIMEOUT = { timeout: sized({ ci: 300_000, full: 7_200_000 }) };

const tables = transitionTables(FROM, TO);

/** The window around a change, cut where the next change begins. */
function around(changes: readonly Change[], index: number): Pick<Case, 'after' | 'until' | 'change'> {
  const change = changes[index] as Change;
  const after = Math.max(change.at - WINDOW_MS, changes[index - 1]?.at ?? 0);
  const until = Math.min(change.at + WINDOW_MS, (changes[index + 1]?.at ?? Infinity) - 1);
  return { change, after, until };
}

/** All lines around all changes: a list for each moment at which clocks change, in it zone by zone. */
function aroundChanges(): Case[][] {
  const moments = new Map<number, Case[]>();
  for (const { zone, changes } of tables) {
    for (const [index, { at }] of changes.entries()) {
      const place = { zone, ...around(changes, index) };
      moments.set(at, [...(moments.get(at) ?? []), ...lines.map((cron) => ({ cron, ...place }))]);
    }
  }
  return [...moments.values()];
}

it(
  'fires near each change of the clocks are those of cron(8), by every distinct table of the IANA zones',
  TIMEOUT,
  async (test) => {
    const draw = chance('fires');
    // In CI each table and each line some times, not each of both.
    const isChosen = sized({ ci: () => draw(1, 100) === 1, full: () => true });
    const groups = aroundChanges().map((cases) => cases.filter(isChosen));
    const { wrong, far, differences } = await compareOnThreads(groups);
    const compared = groups.reduce((sum, { length }) => sum + length, 0);
    note(test, { tables: tables.length, lines: lines.length, compared, ...counted(differences) });
    expect(wrong).toEqual([]);
    // Whoever handles a change in another way does so near it: the rest of four days is the same for all.
    expect(far).toEqual([]);
  },
);

it('the next fire after a random time is that of two other libraries', TIMEOUT, async (test) => {
  const draw = chance('random fires');
  const count = sized({ ci: 100, full: 1_000 });
  let compared = 0;
  for (let instants = 0; instants < count;) {
    const { zone, changes } = tables[draw(0, tables.length - 1)] as (typeof tables)[number];
    const after = draw(FROM / 1_000, TO / 1_000) * 1_000;
    // Around a change is the other test's.
    if (changes.some(({ at }) => Math.abs(at - after) <= WINDOW_MS)) continue;
    instants += 1;
    // So that vitest hears of this process in between.
    await setImmediate();
    const change = changes.find(({ at }) => at > after)?.at ?? Infinity;
    const until = Math.min(after + 31 * 24 * HOUR_MS, change - WINDOW_MS);
    for (const cron of lines) {
      const line = { cron, zone, after, until, change: { at: 0, shift: 0 } };
      const next = CronSchedule.of({ cron, timezone: zone }).next(after);
      const expected = next !== undefined && next <= until ? next : undefined;
      for (const [name, firesOf] of Object.entries(libraries)) {
        const [theirs] = firesOf({ ...line, until: expected ?? until }, CronLine.parse(cron).followsClock);
        if (theirs !== expected) expect({ name, line, fire: theirs }).toEqual({ name, line, fire: expected });
      }
      compared += 1;
    }
  }
  note(test, { instants: count, lines: lines.length, compared });
});

function counted(all: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const what of all) counts.set(what, (counts.get(what) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted());
}
