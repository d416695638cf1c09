const UNITS = [
  { name: 'day', ms: 86_400_000 },
  { name: 'hour', ms: 3_600_000 },
  { name: 'minute', ms: 60_000 },
] as const;

/** A time in the largest unit that it is at least two of, rounded down: "24 hours", "7 days", "30 minutes". */
export function inWords(ms: number): string {
  const unit = UNITS.find((each) => ms >= 2 * each.ms);
  if (unit === undefined) return 'a minute';
  return `${Math.floor(ms / unit.ms)} ${unit.name}s`;
}
