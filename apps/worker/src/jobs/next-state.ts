import { JobStatus, type JobEffect, type JobResult, type RunErrorCode } from '@app/contracts';
import type { JobOutcome } from '../job-outcome.js';
import { StopReason } from './stop-reason.js';

/** Everything that decides what becomes of a job after an attempt. */
export interface EndedAttempt {
  outcome: JobOutcome;
  /** Why it was told to end early; undefined when it ended by itself. */
  stopped: StopReason | undefined;
  effect: JobEffect;
  retries: number;
  maxRetries: number;
}

/** What is written into the job's row. */
export interface NextState {
  status: Exclude<JobStatus, 'running'>;
  result: JobResult | null;
  /** Whether the next attempt counts as a retry, and so waits for the back-off. */
  isRetry: boolean;
  /** Time before the next attempt, in ms, where the job itself has decided it. */
  delayMs?: number;
}

/** The state of a job after an attempt. The only place that decides it. */
export function nextState(attempt: EndedAttempt): NextState {
  const { outcome } = attempt;
  switch (outcome.kind) {
    case 'succeeded':
      return over(JobStatus.Succeeded, { success: true, data: outcome.data });
    case 'failed':
      return over(JobStatus.Failed, failure(outcome.code, outcome.message));
    case 'unknown':
      if (attempt.effect === 'unsafe') return over(JobStatus.InDoubt, failure('IN_DOUBT', outcome.message));
      return afterNothing(attempt, failure('JOB_FAILED', outcome.message));
    case 'postponed':
      return { status: JobStatus.Queued, result: null, isRetry: false, delayMs: outcome.delayMs };
    case 'not_done':
      return afterNothing(attempt, failure(outcome.code, outcome.message));
  }
}

/** The attempt had no effect, or one that may happen twice. */
function afterNothing(attempt: EndedAttempt, result: JobResult): NextState {
  switch (attempt.stopped) {
    case StopReason.Cancelled:
      return over(JobStatus.Cancelled, failure('CANCELLED', 'The run was cancelled.'));
    case StopReason.Shutdown:
    case StopReason.Fenced:
      return { status: JobStatus.Queued, result: null, isRetry: false };
    case StopReason.Timeout:
      return again(attempt, failure('TIMEOUT', 'The attempt took longer than the worker allows.'));
    case undefined:
      return again(attempt, result);
  }
}

function again({ retries, maxRetries }: EndedAttempt, result: JobResult): NextState {
  if (retries < maxRetries) return { status: JobStatus.Queued, result, isRetry: true };
  return over(JobStatus.Failed, result);
}

function over(status: NextState['status'], result: JobResult): NextState {
  return { status, result, isRetry: false };
}

function failure(code: RunErrorCode, message: string): JobResult {
  return { success: false, error: { code, message } };
}
