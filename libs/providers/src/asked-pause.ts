import { retryAfterMs, timeOf, type AnswerHeaders } from './retry-after.js';

/** However long a provider asks to wait, one call finds out after this time, in ms. */
export const LONGEST_PAUSE_MS = 3_600_000;

/** Answers whose Retry-After is about calls in general: GitHub's secondary limits answer 403 with one. */
const refusals: ReadonlySet<number> = new Set([403, 429, 503]);

/** A number that is larger is a time since 1970: 1e9 s is in 2001, and nobody asks to wait for 31 years. */
const LEAST_EPOCH_S = 1e9;
/** One that is larger still has milliseconds. */
const LEAST_EPOCH_MS = 1e12;

/** What somebody answered. */
export interface ProviderAnswer {
  status: number;
  headers: AnswerHeaders;
}

/**
 * How long an answer asks its account to make no more calls, in ms, an hour at most; 0 when it does not.
 * @param nowMs ms since 1970, for answers that do not say what time it is
 */
export function askedPauseMs({ status, headers }: ProviderAnswer, nowMs: number): number {
  const after = refusals.has(status) ? retryAfterMs(headers, nowMs) : undefined;
  const ms = after ?? resetMs(headers, nowMs);
  return Math.min(Math.max(Math.ceil(ms), 0), LONGEST_PAUSE_MS);
}

/** How long until there is something left again of what is used up; 0 when something is left, or nothing is said. */
function resetMs(headers: AnswerHeaders, nowMs: number): number {
  const resets = [
    ...usedUp(headers['ratelimit'] ?? ''),
    ...pair(headers, 'ratelimit'),
    ...pair(headers, 'x-ratelimit'),
    ...pair(headers, 'x-rate-limit'),
  ];
  return Math.max(0, ...resets.map((reset) => untilMs(reset, timeOf(headers, nowMs))));
}

/**
 * The `t` or `reset` of each limit in a RateLimit header that has nothing left: `"burst";r=0;t=30, "day";r=17;t=9000`
 * (draft-ietf-httpapi-ratelimit-headers-08 and later), or `limit=10, remaining=0, reset=30` (revision 7).
 */
function usedUp(header: string): number[] {
  if (/(^|[\s,])remaining=0\s*(,|$)/.test(header)) return numberOf(/(?:^|[\s,])reset=(\d+)/.exec(header)?.[1]);
  return header
    .split(',')
    .filter((limit) => /;\s*r=0\s*(;|$)/.test(limit))
    .flatMap((limit) => numberOf(/;\s*t=(\d+)/.exec(limit)?.[1]));
}

/** The `<prefix>-reset` beside a `<prefix>-remaining` that is 0. */
function pair(headers: AnswerHeaders, prefix: string): number[] {
  const isUsedUp = /^0(\.0+)?$/.test(headers[`${prefix}-remaining`]?.trim() ?? '');
  return isUsedUp ? numberOf(headers[`${prefix}-reset`]?.trim()) : [];
}

function numberOf(text: string | undefined): number[] {
  return text !== undefined && /^\d{1,15}(\.\d+)?$/.test(text) ? [Number(text)] : [];
}

/** A reset is a number of seconds, or a time: in seconds since 1970 at GitHub, in milliseconds at others. */
function untilMs(reset: number, nowMs: number): number {
  if (reset < LEAST_EPOCH_S) return reset * 1_000;
  return (reset < LEAST_EPOCH_MS ? reset * 1_000 : reset) - nowMs;
}
