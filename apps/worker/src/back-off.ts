const LONGEST_DELAY_MS = 3_600_000;

/**
 * How long to wait before a retry, in ms: twice as long each time, an hour at most, and up to a fifth more or less so
 * that jobs which failed together do not come back together.
 * @param retries how many retries there were before this one
 * @param random from 0 to 1
 */
export function backOffMs(firstDelayMs: number, retries: number, random: number): number {
  const delayMs = Math.min(firstDelayMs * 2 ** Math.min(retries, 30), LONGEST_DELAY_MS);
  return Math.round(delayMs * (0.8 + 0.4 * random));
}
