import { cpus } from 'node:os';

/** What the time of a proof is spent on, one thing after the other. */
export class Laps {
  private readonly spent = new Map<string, number>();
  private startedAt = performance.now();
  private processors = processorTimes();

  /** Counts from now on. */
  begin(): void {
    this.spent.clear();
    this.startedAt = performance.now();
    this.processors = processorTimes();
  }

  /** Counts the time of `work` as spent on `what`. */
  async of<T>(what: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.spent.set(what, (this.spent.get(what) ?? 0) + performance.now() - began);
    }
  }

  /** Since it began, in ms. */
  get ms(): number {
    return performance.now() - this.startedAt;
  }

  /** The parts of the time, in ms for each of `count`, what no part names, what the processors of the machine did meanwhile, and how busy they were. */
  figures(count: number): Readonly<Record<string, number>> {
    const each = (ms: number): number => Math.round(ms / count);
    const { ms } = this;
    const named = [...this.spent.values()].reduce((sum, spent) => sum + spent, 0);
    const now = processorTimes();
    const all = now.all - this.processors.all;
    const busy = all - (now.idle - this.processors.idle);
    return {
      ...Object.fromEntries([...this.spent].map(([what, spent]) => [`of these: ${what}, ms`, each(spent)])),
      'of these: all else, ms': each(ms - named),
      'of the processors of the machine, ms': each(busy),
      'processors busy, %': Math.round((100 * busy) / all),
    };
  }
}

function processorTimes(): { all: number; idle: number } {
  const times = cpus().map((processor) => processor.times);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return { all: sum(times.flatMap((of) => Object.values(of))), idle: sum(times.map((of) => of.idle)) };
}
