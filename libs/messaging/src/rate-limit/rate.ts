/** How much of something is allowed: a bucket of `burst` tokens that gets `perMinute` new ones every minute. */
export interface Rate {
  readonly perMinute: number;
  readonly burst: number;
}

/** What came of asking a bucket for tokens. */
export interface Taken {
  readonly allowed: boolean;
  /** Tokens that are left in the bucket. */
  readonly remaining: number;
  /** Tokens of a full bucket. */
  readonly limit: number;
  /** When the bucket is full again if nobody takes anything, in ms from now. */
  readonly resetMs: number;
  /** When there are enough tokens again, in ms from now; 0 when they were given. */
  readonly retryAfterMs: number;
}

/** Milliseconds in which a bucket gets one token. */
export function msPerToken({ perMinute }: Rate): number {
  return 60_000 / perMinute;
}
