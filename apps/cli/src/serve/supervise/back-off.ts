const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/** A process that ran this long is healthy: its next end counts as the first again. */
const HEALTHY_MS = 60_000;

/** How long to wait before a process that ended is started again: 250 ms at first, doubling up to 30 s. */
export class BackOff {
  private failures = 0;

  /** The wait in milliseconds after a process ran for `uptimeMs` and ended. */
  next(uptimeMs: number): number {
    if (uptimeMs >= HEALTHY_MS) this.failures = 0;
    return Math.min(FIRST_MS * 2 ** this.failures++, LONGEST_MS);
  }
}
