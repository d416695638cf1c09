import type { BlobReference, RetentionClass, RunSummaryDto } from '@app/contracts';

/** A run that is over. */
export interface FinishedRun {
  run: RunSummaryDto;
  output: unknown;
  /** Where the output is when it is too large for the row. */
  outputBlob: BlobReference | null;
}

/** First pause between two looks at a run that nobody says anything about, and the longest, in ms. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/** Somebody's wait for the end of one run. */
export class RunWatch {
  /** Where the run is kept; undefined while that is not known. */
  retention: RetentionClass | undefined;
  private pauseMs = FIRST_PAUSE_MS;
  private lookAt = Number.POSITIVE_INFINITY;
  private readonly ended: Promise<FinishedRun | undefined>;
  /** The run is over; or nobody waits for it any more (undefined). */
  readonly end: (run: FinishedRun | undefined) => void;

  constructor(
    readonly runId: string,
    private readonly onClose: (watch: RunWatch) => void,
  ) {
    let end: RunWatch['end'] = () => undefined;
    this.ended = new Promise((resolve) => (end = resolve));
    this.end = end;
  }

  /** Whether it is time to look by oneself. Looks become rarer: a run that takes long is not in a hurry. */
  isDue(nowMs: number): boolean {
    if (nowMs < this.lookAt) return false;
    this.lookAt = nowMs + this.pauseMs;
    this.pauseMs = Math.min(this.pauseMs * 1.5, LONGEST_PAUSE_MS);
    return true;
  }

  /**
   * Waits for the run's end.
   * @param signal aborts when nobody wants to know any more
   * @returns undefined when it is not over in time
   */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<FinishedRun | undefined> {
    const stop = (): void => this.end(undefined);
    const timer = setTimeout(stop, timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    this.lookAt = performance.now() + this.pauseMs;
    try {
      return await this.ended;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      this.close();
    }
  }

  /** Nobody waits any more. */
  close(): void {
    this.onClose(this);
  }
}
