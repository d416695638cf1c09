import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Findings } from './compare-fires.js';
import type { Case } from './cron-rule.js';

const THREAD = join(import.meta.dirname, '../../../dist/test/chaos/processes/compare-fires.js');

/**
 * Compares cases on all processors (`npm run build` first). Whoever is done with some takes the next ones; what takes most
 * of the time, to read the clocks of a zone, is done once for cases that come together.
 */
export async function compareOnThreads(groups: Iterable<readonly Case[]>): Promise<Findings> {
  // All of them take from the same one.
  const waiting = groups[Symbol.iterator]();
  const sum: Findings = { wrong: [], far: [], differences: [] };
  const work = async (): Promise<void> => {
    const thread = new Worker(THREAD);
    try {
      for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
        thread.postMessage(next.value);
        const [found] = (await once(thread, 'message')) as [Findings];
        for (const kind of ['wrong', 'far', 'differences'] as const) (sum[kind] as unknown[]).push(...found[kind]);
      }
    } finally {
      await thread.terminate();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return sum;
}
