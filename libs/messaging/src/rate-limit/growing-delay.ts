/** How the time that must pass between two attempts grows with those that failed. */
export interface DelayRules {
  /** Failures after which nothing has to be waited yet. */
  readonly free: number;
  /** The wait after the first failure beyond those; each further one doubles it. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** When failures are forgotten, counted from the last one. Longer than the longest wait. */
  readonly forgottenAfterMs: number;
}

/** What is known about somebody's attempts. */
export interface Attempts {
  readonly failures: number;
  readonly nextAtMs: number;
}

/** How long to wait after so many failures, in ms. */
export function delayAfter(failures: number, { free, firstMs, longestMs }: DelayRules): number {
  if (failures <= free) return 0;
  // Beyond 2^40 the longest wait has long been reached, and the number would lose its precision.
  return Math.min(firstMs * 2 ** Math.min(failures - free - 1, 40), longestMs);
}
