import { msPerToken, type Rate, type Taken } from './rate.js';
import type { Grant } from './token-bucket.js';

/** Tokens that were not used by then are lost: held longer, they would be used in a minute they were not meant for. */
export const ADVANCE_MS = 1_000;
/** How long a refusal is believed at most without asking Redis again, which may have been emptied. */
const LONGEST_REFUSAL_MS = 1_000;
const LARGEST_ADVANCE = 256;
/** An advance is at most this part of a minute's tokens: half a second's worth. */
const SHARE_OF_A_MINUTE = 128;

/**
 * Tokens that a process took from the shared bucket ahead of use, so that not each request asks Redis. Each was taken
 * from the bucket, so all replicas together never use one that was not there. See docs/adr/0010-throttling.md.
 */
export class Advance {
  private tokens = 0;
  private used = 0;
  private endsAtMs = 0;
  private refusedUntilMs = 0;
  private last: Grant = { granted: 0, remaining: 0, resetMs: 0, retryAfterMs: 0 };
  private lastAtMs = 0;

  /** Tokens to take ahead next time: as many as were of use, twice that when they did not suffice; none at first. */
  nextSize(rate: Rate, nowMs: number): number {
    const most = Math.min(Math.floor(rate.perMinute / SHARE_OF_A_MINUTE), Math.floor(rate.burst / 8), LARGEST_ADVANCE);
    const wanted = nowMs < this.endsAtMs ? this.used * 2 : this.used;
    return most < 2 ? 0 : Math.min(wanted, most);
  }

  /** An answer without asking Redis; undefined when it has to be asked. */
  take(rate: Rate, cost: number, nowMs: number): Taken | undefined {
    if (nowMs < this.refusedUntilMs) return this.answer(rate, false, nowMs);
    if (nowMs >= this.endsAtMs || this.tokens < cost) return undefined;
    this.tokens -= cost;
    this.used += cost;
    return this.answer(rate, true, nowMs);
  }

  /** Keeps what a bucket gave beyond `cost`. */
  refill(rate: Rate, cost: number, grant: Grant, nowMs: number): Taken {
    const allowed = grant.granted >= cost;
    this.last = grant;
    this.lastAtMs = nowMs;
    this.tokens = Math.max(grant.granted - cost, 0);
    this.used = allowed ? cost : 0;
    this.endsAtMs = nowMs + ADVANCE_MS;
    // A request that costs more may be refused where one that costs a single token is not.
    const refusedForMs = cost === 1 ? Math.min(grant.retryAfterMs, LONGEST_REFUSAL_MS) : 0;
    this.refusedUntilMs = allowed ? 0 : nowMs + refusedForMs;
    return this.answer(rate, allowed, nowMs);
  }

  private answer(rate: Rate, allowed: boolean, nowMs: number): Taken {
    const passedMs = nowMs - this.lastAtMs;
    const regained = allowed ? Math.floor(passedMs / msPerToken(rate)) : 0;
    return {
      allowed,
      remaining: Math.min(this.last.remaining + this.tokens + regained, rate.burst),
      limit: rate.burst,
      resetMs: Math.max(Math.ceil(this.last.resetMs - passedMs), 0),
      retryAfterMs: allowed ? 0 : Math.max(Math.ceil(this.last.retryAfterMs - passedMs), 1),
    };
  }
}
