import { AppError } from '@app/contracts';

/** Runs a few pieces of work at a time and lets a bounded number wait, first come first served. */
export class BoundedQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly concurrency: number,
    private readonly mostWaiting: number,
    /** What waits too much, for the answer. */
    private readonly what = 'sign-ins',
  ) {}

  /**
   * Runs `work` when its turn comes.
   * @throws AppError SERVICE_UNAVAILABLE at once when too many wait already
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.concurrency) this.running += 1;
    else await this.turn();
    try {
      return await work();
    } finally {
      this.release();
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= this.mostWaiting) {
      const message = `Too many ${this.what} at the moment; try again.`;
      throw new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'user', message, retryAfterS: 2 });
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** A place is handed to the next in line without becoming free in between. */
  private release(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.running -= 1;
    else next();
  }
}
