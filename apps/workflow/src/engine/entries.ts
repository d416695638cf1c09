import type { JournalEntry, RunError } from '@app/contracts';
import { seededRandom, type RetryPolicy } from '@app/definition';
import type { StepState } from './run-state.js';

/** Share of a retry's pause that is random, so that many runs that failed together do not come back together. */
const JITTER = 0.2;

/** A failed attempt: what happened and whether trying again can help. */
export interface Failure {
  error: RunError;
  retryable: boolean;
  /** The receiver asked to wait this long, in ms. */
  retryAfterMs?: number;
  /** The call, or one before it, may have taken effect. */
  mayHaveHappened?: boolean;
}

/**
 * The entry for a failed attempt: tried again while the policy allows it, then as `on_error` says.
 * @param seed run id and path: the jitter is the same in every replay
 */
export function failureEntry(
  step: Pick<StepState, 'path' | 'step' | 'attempt' | 'startedAt'>,
  failure: Failure,
  now: number,
  seed: string,
): JournalEntry & { type: 'step.failed' } {
  const { definition } = step.step;
  const error = { ...failure.error, step_id: failure.error.step_id ?? definition.id };
  const entry = {
    type: 'step.failed',
    path: step.path,
    at: now,
    attempt: step.attempt,
    started_at: step.startedAt,
    error,
  } as const;
  if (failure.retryable && definition.retry !== undefined && step.attempt < definition.retry.max_attempts) {
    const pause = Math.max(
      retryPauseMs(definition.retry, step.attempt, `${seed}#${step.attempt}`),
      failure.retryAfterMs ?? 0,
    );
    return { ...entry, retry_at: now + pause, ...(failure.mayHaveHappened === true && { may_have_happened: true }) };
  }
  const goesOn = definition.on_error !== undefined && definition.on_error !== 'fail';
  return goesOn ? { ...entry, handled: true } : entry;
}

/** Pause after the given attempt (1 = the first), in ms: grows by `backoff`, up to a ceiling, plus up to 20 % of jitter. */
export function retryPauseMs(policy: RetryPolicy, attempt: number, seed: string): number {
  const grown = policy.delay_ms * policy.backoff ** (attempt - 1);
  const capped = Math.min(grown, policy.max_delay_ms ?? Number.MAX_SAFE_INTEGER);
  return Math.round(capped * (1 + JITTER * seededRandom(seed)()));
}

/** The entry for a step that came to an output. */
export function completion({ path, attempt, startedAt }: StepState, output: unknown, now: number): JournalEntry {
  return { type: 'step.completed', path, at: now, attempt, started_at: startedAt, output };
}

/** Waiting took too long. What was waited for is given up: another attempt asks for it anew. */
export function timeUp({ step }: StepState): Failure {
  return { error: { code: 'TIMEOUT', message: `The time of step ${step.id} is up.` }, retryable: true };
}
