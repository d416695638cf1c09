import { CronosExpression } from 'cronosjs';
import { take, type Case } from './cron-rule.js';

const MINUTE_MS = 60_000;

/** Fires of a line by libraries that have nothing to do with ours, nor with one another. */
export const libraries: Readonly<Record<string, (line: Case, followsClock: boolean) => number[]>> = {
  'cron-parser': ({ cron, zone, after, until }) =>
    take(cron, { tz: zone, currentDate: new Date(after), endDate: new Date(until) }),

  /** It can be told what becomes of skipped and of repeated times, line by line. */
  cronosjs: ({ cron, zone, after, until }, followsClock) => {
    const missingHour = followsClock ? 'skip' : 'insert';
    const line = CronosExpression.parse(cron, { timezone: zone, missingHour, skipRepeatedHour: !followsClock });
    const fires: number[] = [];
    let [asked, last] = [after, after];
    for (;;) {
      const fire = line.nextDate(new Date(asked))?.getTime() ?? Infinity;
      if (fire > until) return fires;
      // In some repeated hours it answers with the time it was asked about.
      if (fire <= last) asked = Math.max(asked, last) + MINUTE_MS;
      else fires.push((asked = last = fire));
    }
  },
};
