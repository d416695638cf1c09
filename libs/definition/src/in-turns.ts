/** How long work may hold the event loop before everything else of the process has its turn, in ms. */
const SLICE_MS = 10;

/** Whoever waits goes on one in a turn of the event loop. */
let queue: Promise<unknown> = Promise.resolve();

/** Does work that may be interrupted wherever it yields, all at once. */
export function atOnce<T>(work: Iterator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Does the same and lets everything else of the process have its turn meanwhile, however much work there is. */
export async function inTurns<T>(work: Iterator<void, T>): Promise<T> {
  for (;;) {
    const until = performance.now() + SLICE_MS;
    do {
      const step = work.next();
      if (step.done === true) return step.value;
    } while (performance.now() < until);
    queue = queue.then(() => new Promise((resolve) => setImmediate(resolve)));
    await queue;
  }
}
