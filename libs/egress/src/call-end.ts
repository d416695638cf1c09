/** What can be ended. */
interface Endable {
  end: (reason: Error) => void;
}

/**
 * What ends a call before its answer: its time, or whoever makes it. One timer and one listener, however many requests the
 * call takes; signals that are made of others cost ten times as much.
 */
export class CallEnd {
  timedOut = false;
  private reason: Error | undefined;
  private timer: NodeJS.Timeout | undefined;
  private atWork: Endable | undefined;
  private controller: AbortController | undefined;
  private readonly onStop = (): void => this.end(new Error('The call was stopped.'));

  /** @param timeoutMs the whole time of the call, from now */
  constructor(
    timeoutMs: number,
    private readonly stop: AbortSignal,
  ) {
    if (stop.aborted) this.onStop();
    else stop.addEventListener('abort', this.onStop);
    this.timer = setTimeout(() => {
      this.timedOut = true;
      this.end(new Error('The time of the call is up.'));
    }, timeoutMs);
  }

  /** From here on this is what has to end: the request that the call is at. */
  watch(request: Endable): void {
    this.atWork = request;
    if (this.reason !== undefined) request.end(this.reason);
  }

  /** For whoever else works at the call. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.reason !== undefined) this.controller.abort(this.reason);
    return this.controller.signal;
  }

  /** The call is over. */
  close(): void {
    clearTimeout(this.timer);
    this.stop.removeEventListener('abort', this.onStop);
  }

  private end(reason: Error): void {
    this.reason ??= reason;
    this.atWork?.end(reason);
    this.controller?.abort(reason);
  }
}
