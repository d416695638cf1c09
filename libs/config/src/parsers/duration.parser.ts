import type { Parser } from './parser.js';

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof unitMs;

const units = Object.keys(unitMs) as Unit[];

/**
 * A duration with a unit: `500ms`, `30s`, `15m`, `2h`, `7d`. The value is in milliseconds.
 * @param bare the unit of a number without one; when absent, such a number is refused because it is ambiguous
 */
export function duration(bare?: Unit): Parser<number> {
  const example = 'a duration such as 500ms, 30s, 15m or 7d';
  return {
    expects: bare === undefined ? example : `${example} (a number alone counts ${bare === 's' ? 'seconds' : bare})`,
    parse: (text) => {
      const [, amount, unit = bare] = /^(\d{1,12})\s*(ms|s|m|h|d)?$/.exec(text) ?? [];
      if (amount === undefined || unit === undefined) return undefined;
      return Number(amount) * unitMs[unit as Unit];
    },
    write: (ms) => writeDuration(ms, bare),
  };
}

/** In the bare unit when that is exact, else in the largest unit that is. */
function writeDuration(ms: number, bare: Unit | undefined): string {
  if (bare !== undefined && ms % unitMs[bare] === 0) return String(ms / unitMs[bare]);
  const unit = units.findLast((candidate) => ms >= unitMs[candidate] && ms % unitMs[candidate] === 0) ?? 'ms';
  return `${ms / unitMs[unit]}${unit}`;
}
