/** What a job of the worker service is doing. `in_doubt`: an unsafe attempt ended without anybody knowing how. */
export const JobStatus = {
  Queued: 'queued',
  Running: 'running',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Cancelled: 'cancelled',
  InDoubt: 'in_doubt',
} as const;
export type JobStatus = (typeof JobStatus)[keyof typeof JobStatus];

/** A job that is over, as it is stored in `jobs.result`. */
export interface JobResult {
  success: boolean;
  data?: unknown;
  error?: {
    code: string;
    message: string;
    /** False: another attempt of the step would end the same way. */
    retryable?: boolean;
  };
}

/** A job as the run that asked for it sees it. */
export interface RunJob {
  id: string;
  status: JobStatus;
  result: JobResult | null;
}
