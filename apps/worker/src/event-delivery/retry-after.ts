const LONGEST_MS = 6 * 3_600_000;

/**
 * How long a receiver asks us to wait (RFC 9110 §10.2.3: seconds or a date), in ms; six hours at most, and 0 when it does not
 * say.
 */
export function retryAfterMs(value: string | undefined, nowMs: number): number {
  if (value === undefined) return 0;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), LONGEST_MS);
}
