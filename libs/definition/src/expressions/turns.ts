/** How long expressions may hold the event loop before everything else of the process has its turn, in ms. */
const SLICE_MS = 10;

/** When an expression first took a step in this turn of the event loop; undefined before. */
let begunAt: number | undefined;
let queue: Promise<void> = Promise.resolve();

/**
 * To be asked between two steps of an expression.
 * @returns what to wait for when this turn of the event loop has been long enough, for all expressions together; they go
 * on one in a turn
 */
export function pauseDue(): Promise<void> | undefined {
  const now = performance.now();
  if (begunAt === undefined) {
    begunAt = now;
    setImmediate(() => {
      begunAt = undefined;
    });
    return undefined;
  }
  if (now - begunAt < SLICE_MS) return undefined;
  queue = queue.then(() => new Promise((resolve) => setImmediate(resolve)));
  return queue;
}
