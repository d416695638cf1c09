import type { TriggerType } from '@app/contracts';

/** How often and when a failed step is tried again. */
export interface RetryPolicy {
  /** Attempts in all, the first included. */
  max_attempts: number;
  /** Pause before the second attempt, in ms. */
  delay_ms: number;
  /** Factor from one pause to the next: 1 = fixed, 2 = doubling. */
  backoff: number;
  /** Longest pause, in ms. */
  max_delay_ms?: number;
}

/** What a step in doubt does: wait for a person, try again, or fail. */
export type OnInDoubt = 'hold' | 'retry' | 'fail';

/** How to find out whether an effect has happened: a request that changes nothing, and what its answer must say. */
export interface Probe {
  /** The config of an `http.request` with GET or HEAD. */
  request: Record<string, unknown>;
  /** An expression over `status`, `headers` and `body` of the answer besides the step's own data: true = it happened. */
  expression: string;
}

/** One step as its author wrote it. `config` is validated by the step's kind. */
export interface StepDefinition {
  id: string;
  type: string;
  name?: string;
  config: Record<string, unknown>;
  /** An expression; the step is skipped when it is false. */
  if?: string;
  retry?: RetryPolicy;
  /** Longest time of one attempt, in ms. */
  timeout_ms?: number;
  /** `fail`, `continue`, or the id of a later step of the same list. */
  on_error?: string;
  /** `keyed`: the receiver honours Idempotency-Key, so the call may be repeated. */
  effect?: 'keyed';
  probe?: Probe;
  on_in_doubt?: OnInDoubt;
}

/** A workflow as its author wrote it. */
export interface WorkflowDefinition {
  name: string;
  description?: string;
  trigger_type: TriggerType;
  steps: StepDefinition[];
  config?: Record<string, unknown>;
}
