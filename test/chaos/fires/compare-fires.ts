import { CronLine, CronSchedule, TimeZone } from '@app/definition';
import { firesByRule, type Case } from './cron-rule.js';
import { libraries } from './libraries.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What a comparison found; it can be sent from one thread to another. */
export interface Findings {
  /** Fires of ours that are not those of cron(8)'s rule. */
  wrong: unknown[];
  /** Where a library says something else of a time that is not near the change. */
  far: unknown[];
  /** Near the change: which library has another rule than ours, and which one is ours. */
  differences: string[];
}

/** Compares our fires of each case with those of the rule as it is written, and with those of two libraries. */
export function compareFires(cases: readonly Case[]): Findings {
  const findings: Findings = { wrong: [], far: [], differences: [] };
  for (const line of cases) {
    const { followsClock } = CronLine.parse(line.cron);
    const fires = CronSchedule.of({ cron: line.cron, timezone: line.zone }).between(line.after, line.until, Infinity);
    const byRule = firesByRule(line, followsClock);
    if (fires.length !== byRule.length || fires.some((at, place) => at !== byRule[place])) {
      findings.wrong.push({ line, fires, byRule });
    }
    for (const [name, firesOf] of Object.entries(libraries)) {
      const others = differing(fires, firesOf(line, followsClock));
      if (others.length > 0) take(findings, { name, line, followsClock, others });
    }
  }
  return findings;
}

interface Disagreement {
  name: string;
  line: Case;
  followsClock: boolean;
  /** Times at which only one of the two fires. */
  others: number[];
}

/** Where a library fires at other times, by the rule of ours that it does not have. */
function take({ far, differences }: Findings, { name, line, followsClock, others }: Disagreement): void {
  const { at, shift } = line.change;
  const reach = Math.max(Math.abs(shift), HOUR_MS) + HOUR_MS;
  const isFar = others.some((fire) => Math.abs(fire - at) > reach);
  const fault = name === 'cron-parser' ? faultOfCronParser(line, isFar) : undefined;
  const direction = shift > 0 ? 'forward' : 'back';
  differences.push(`${name} differs, clocks go ${fault ?? direction}; ours: ${rule(followsClock, shift)}`);
  if (fault === undefined && isFar) far.push({ name, line, others });
}

/** What cron-parser says of times hours and days from a change, and no clock shows. */
function faultOfCronParser({ zone, change }: Case, isFar: boolean): string | undefined {
  if (change.shift % HOUR_MS !== 0) return 'by half an hour';
  // In Greenland the last hour of a day is skipped: it lets no line with steps like 2-22/4 fire on all of that day.
  const isMidnight = (change.at + offsetAt(zone, change.at)) % DAY_MS === 0;
  return isFar && change.shift > 0 && isMidnight ? 'forward from 23 to 0, and it leaves out that day' : undefined;
}

function offsetAt(zone: string, at: number): number {
  return TimeZone.of(zone)?.offsetAt(at) ?? NaN;
}

function differing(ours: readonly number[], theirs: readonly number[]): number[] {
  const [known, named] = [new Set(ours), new Set(theirs)];
  return [...ours.filter((at) => !named.has(at)), ...theirs.filter((at) => !known.has(at))];
}

function rule(followsClock: boolean, shift: number): string {
  if (followsClock) return shift > 0 ? 'not in the skipped hour' : 'in both of the repeated hours';
  return shift > 0 ? 'skipped times right after the change' : 'repeated times once, the first time';
}
