import type { JobPayload, JobType, RunErrorCode } from '@app/contracts';

/**
 * What a worker knows about an attempt when it is over. The worker does not decide what follows: see
 * `jobs/next-state.ts`.
 */
export type JobOutcome =
  /** The effect happened. */
  | { kind: 'succeeded'; data: unknown }
  /** It did not happen, and trying again would end the same way. */
  | { kind: 'failed'; code: RunErrorCode; message: string }
  /** It did not happen, and may another time. */
  | { kind: 'not_done'; code: RunErrorCode; message: string }
  /** It is to be done later: the job itself decides when, and for how long it goes on. No retry is used up. */
  | { kind: 'postponed'; delayMs: number }
  /** It may or may not have happened. */
  | { kind: 'unknown'; message: string };

/** Which job it is and whose. */
export interface JobOrigin {
  id: string;
  /** Null: the platform's own. */
  userId: string | null;
}

/** Does one attempt of a job. When `signal` aborts it ends soon, with the outcome as it then is. */
export type JobProcessor<T extends JobType> = (
  payload: JobPayload<T>,
  signal: AbortSignal,
  job: JobOrigin,
) => Promise<JobOutcome>;

/** One processor for every job type of the catalog: a missing and a foreign one are compile errors. */
export type JobProcessors = { readonly [T in JobType]: JobProcessor<T> };
