/** However long a receiver asks to wait, a step comes back to it within this time. */
const LONGEST_MS = 3_600_000;

/** The one form of a date that is still sent (RFC 9110 §5.6.7). */
const DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * How long a Retry-After asks to wait (RFC 9110 §10.2.3: seconds or a date), in ms, at most an hour; undefined when it
 * says nothing that can be understood.
 * @param now in ms since 1970
 */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : DATE.test(text) ? Date.parse(text) - now : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_MS);
}
