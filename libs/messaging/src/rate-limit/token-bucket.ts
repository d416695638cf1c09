import { msPerToken, type Rate } from './rate.js';

/** What is asked of a bucket: `cost` tokens or nothing, and if there are more up to `extra` of them besides. */
export interface Wanted {
  readonly cost: number;
  readonly extra: number;
}

/** What a bucket gave. */
export interface Grant {
  /** Tokens given: 0, or at least the cost. */
  readonly granted: number;
  readonly remaining: number;
  readonly resetMs: number;
  readonly retryAfterMs: number;
}

/** Tokens within this of a whole one are one: times are fractions. */
const ROUNDING = 1e-6;

/**
 * Takes tokens from a bucket whose whole state is the time at which it is full. A bucket nobody knows is full, so it
 * need not be kept longer than that. `take-tokens.lua.ts` says the same to Redis.
 * @param fullAtMs when the bucket is full; any time in the past means that it is
 */
export function takeTokens(
  rate: Rate,
  { cost, extra }: Wanted,
  fullAtMs: number,
  nowMs: number,
): Grant & { fullAtMs: number } {
  const each = msPerToken(rate);
  const fullInMs = Math.max(fullAtMs - nowMs, 0);
  const tokens = rate.burst - fullInMs / each + ROUNDING;
  if (tokens < cost) {
    const remaining = Math.max(Math.floor(tokens), 0);
    const retryAfterMs = Math.ceil((cost - tokens) * each);
    return { granted: 0, remaining, resetMs: Math.ceil(fullInMs), retryAfterMs, fullAtMs };
  }
  const granted = cost + Math.min(extra, Math.floor(tokens - cost));
  const resetMs = fullInMs + granted * each;
  const remaining = Math.floor(tokens - granted);
  return { granted, remaining, resetMs: Math.ceil(resetMs), retryAfterMs: 0, fullAtMs: nowMs + resetMs };
}
