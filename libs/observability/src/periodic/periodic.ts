export interface PeriodicOptions {
  /** For the log. */
  name: string;
  /** Longest pause between two turns, in ms. */
  everyMs: number;
  /** Shortest pause between two turns however often it is woken, in ms. */
  gapMs: number;
  task: () => Promise<void>;
  /**
   * Whether a turn is taken although nobody asks for one, asked after each; when left out, always. After a failure there is
   * another turn in any case.
   */
  unasked?: () => boolean;
  log: { log: (message: string) => void; error: (message: string) => void };
}

/**
 * Does something again and again, one turn at a time: at latest after `everyMs`, unless that is left to `wake`, earlier when
 * woken. Failures are logged when they begin and when they end, not once per turn.
 */
export class Periodic {
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<void> | undefined;
  private isRunning = false;
  private isWanted = false;
  private isFailing = false;
  private endedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: PeriodicOptions) {}

  start(): void {
    this.isRunning = true;
    this.wake();
  }

  /** Asks for a turn now, or as soon as the one under way and the gap allow. */
  wake(): void {
    if (!this.isRunning) return;
    this.isWanted = true;
    if (this.turn === undefined) this.schedule(this.options.gapMs);
  }

  /** Ends it and waits for the turn under way. */
  async stop(): Promise<void> {
    this.isRunning = false;
    clearTimeout(this.timer);
    await this.turn;
  }

  private schedule(pauseMs: number): void {
    clearTimeout(this.timer);
    const waitMs = Math.max(0, this.endedAt + pauseMs - performance.now());
    this.timer = setTimeout(() => {
      // The turn is known before the task begins: a task that wakes itself must not get a second turn beside its own.
      this.turn = Promise.resolve().then(() => this.take());
    }, waitMs);
  }

  private async take(): Promise<void> {
    this.isWanted = false;
    try {
      await this.options.task();
      if (this.isFailing) this.options.log.log(`${this.options.name} works again.`);
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.options.log.error(`${this.options.name} fails: ${String(error)}`);
      this.isFailing = true;
    }
    this.turn = undefined;
    this.endedAt = performance.now();
    if (this.isRunning) this.goOn();
  }

  private goOn(): void {
    const { gapMs, everyMs, unasked } = this.options;
    if (this.isWanted && !this.isFailing) this.schedule(gapMs);
    else if (this.isFailing || unasked === undefined || unasked()) this.schedule(everyMs);
  }
}
