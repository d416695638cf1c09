import { setTimeout as sleep } from 'node:timers/promises';
import { BackOff } from './back-off.js';

/** A process that runs now. */
export interface Running {
  readonly pid: number;
  /** Resolves when it is gone, with its exit code or the signal that ended it where that is known. */
  readonly exited: Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** Tells a person what happens to a process. */
export type Notify = (line: string) => void;

/** One process that is started again, with a back-off, whenever it ends by itself. */
export class Supervised {
  private readonly backOff = new BackOff();
  private readonly stopping = new AbortController();
  private current: Running | undefined;
  private ends = 0;

  constructor(
    readonly name: string,
    private readonly launch: () => Promise<Running>,
    private readonly notify: Notify,
  ) {}

  /** How often it ended without having been asked to. */
  get unexpectedEnds(): number {
    return this.ends;
  }

  /** The first start. Throws when it fails; later failures are tried again. */
  async start(): Promise<void> {
    this.current = await this.launch();
    void this.keepRunning(this.current);
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.current?.stop();
  }

  private async keepRunning(first: Running): Promise<void> {
    let running: Running | undefined = first;
    while (running !== undefined) {
      const startedAt = Date.now();
      const end = await running.exited;
      this.current = undefined;
      if (this.stopping.signal.aborted) return;
      this.ends++;
      running = await this.startAgain(
        `${this.name} (process ${running.pid}) ${howItEnded(end)}`,
        this.backOff.next(Date.now() - startedAt),
      );
    }
  }

  private async startAgain(what: string, waitMs: number): Promise<Running | undefined> {
    this.notify(`${what}; starting it again in ${waitMs} ms`);
    for (let wait = waitMs; ; wait = this.backOff.next(0)) {
      await sleep(wait, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return undefined;
      try {
        return await this.adopt(await this.launch());
      } catch (error) {
        this.notify(`${this.name} did not start: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  /** A stop that came while the process was being started has not seen it. */
  private async adopt(running: Running): Promise<Running | undefined> {
    this.current = running;
    if (!this.stopping.signal.aborted) return running;
    await running.stop();
    return undefined;
  }
}

/** A service that is told to stop ends in order, with code 0: whoever told it, it was not us. */
function howItEnded(end: unknown): string {
  if (end === 0) return 'was told to stop by somebody else';
  if (typeof end === 'number') return `ended with code ${end}`;
  return typeof end === 'string' ? `was ended by ${end}` : 'ended';
}
