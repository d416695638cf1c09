/** The journal could not be written, for another reason than another owner: the run is to be given back as it was. */
export class UnwrittenError extends Error {
  constructor(runId: string, cause: unknown) {
    super(`The journal of run ${runId} could not be written: ${String(cause)}`, { cause });
    this.name = 'UnwrittenError';
  }
}
