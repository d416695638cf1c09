/** The wait of one program for a task of some queues. */
export class TaskWait {
  private isWoken = false;
  private resume: () => void = () => undefined;

  constructor(
    readonly userId: string,
    readonly queues: readonly string[],
    private readonly onClose: (wait: TaskWait) => void,
  ) {}

  /** There may be a task now. */
  wake(): void {
    this.isWoken = true;
    this.resume();
  }

  /**
   * Resolves when there may be a task, also when there was one since the last time, or when the time is up.
   * @param gone aborts when the program no longer waits: then there is nothing to wait for
   */
  async next(timeoutMs: number, gone: AbortSignal): Promise<void> {
    if (!this.isWoken && !gone.aborted) await this.wakeOr(timeoutMs, gone);
    this.isWoken = false;
  }

  /** Nobody waits any more. */
  close(): void {
    this.onClose(this);
  }

  private async wakeOr(timeoutMs: number, gone: AbortSignal): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.resume = resolve));
    const timer = setTimeout(this.resume, timeoutMs);
    const { resume } = this;
    gone.addEventListener('abort', resume, { once: true });
    await woken;
    clearTimeout(timer);
    gone.removeEventListener('abort', resume);
  }
}
