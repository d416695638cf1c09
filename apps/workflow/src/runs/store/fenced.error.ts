/** The run belongs to somebody else by now: drop it, whatever was about to be written. */
export class FencedError extends Error {
  constructor(runId: string) {
    super(`Run ${runId} has another owner.`);
    this.name = 'FencedError';
  }
}
