import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** How long the condition may take, in milliseconds. Defaults to 10 seconds. */
  readonly timeoutMs?: number;
  /** Pause between two looks, in milliseconds. */
  readonly everyMs?: number;
}

/**
 * Looks again and again until `look` returns something other than `undefined` or `false`, and returns that.
 * A look that throws counts as not yet. Past the deadline it throws, with the last look's error as the cause.
 */
export async function eventually<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  { timeoutMs = 10_000, everyMs = 50 }: EventuallyOptions = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let lastError: unknown;
  do {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    await sleep(everyMs);
  } while (Date.now() < deadline);
  const reason = lastError instanceof Error ? `: ${lastError.message}` : '';
  throw new Error(`not within ${timeoutMs} ms${reason}`, { cause: lastError });
}
