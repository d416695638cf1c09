import { openSync, readSync } from 'node:fs';

/** What Linux knows of a thread: ns on a processor, ns waiting for one, turns. */
const OF_THIS_THREAD = '/proc/thread-self/schedstat';

/**
 * The time that this thread has had a processor, in ms since some moment; 10 µs to read. Where Linux does not say it, it is
 * what the whole process has taken, and no more than has passed since the last reading: neither is less.
 */
export const processorTime = ofThread() ?? ofProcess();

function ofThread(): (() => number) | undefined {
  try {
    const file = openSync(OF_THIS_THREAD, 'r');
    const bytes = Buffer.alloc(64);
    const read = (): number => {
      // Linux brings its number up to date when it is asked for the usage, and otherwise now and then.
      process.cpuUsage();
      return Number.parseInt(bytes.toString('latin1', 0, readSync(file, bytes, 0, 64, 0)), 10) / 1e6;
    };
    // A kernel that does not count says 0.
    return read() > 0 ? read : undefined;
  } catch {
    return undefined;
  }
}

function ofProcess(): () => number {
  let total = 0;
  let [at, usage] = [performance.now(), process.cpuUsage()];
  return () => {
    const [now, sum] = [performance.now(), process.cpuUsage()];
    total += Math.min(now - at, (sum.user + sum.system - usage.user - usage.system) / 1_000);
    [at, usage] = [now, sum];
    return total;
  };
}
