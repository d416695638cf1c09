import type { FinalRunStatus, RunError, StepStatus } from '@app/contracts';
import type { CompiledDefinition, CompiledStep } from '@app/definition';

/** What a waiting step waits for. */
export type WaitingFor = 'retry' | 'timer' | 'job';

/** A step that has begun. */
export interface StepState {
  path: string;
  step: CompiledStep;
  list: ListState;
  status: StepStatus;
  attempt: number;
  startedAt: number;
  waitingFor?: WaitingFor;
  /** When a waiting step goes on, in ms since 1970; undefined = when something else happens. */
  until?: number;
  jobId?: string;
  /** Hash of the request that the intent was committed with. */
  requestHash?: string;
  output?: unknown;
  error?: RunError;
}

/** A list of steps under way: the workflow's own, or one that a container entered. */
export interface ListState {
  /** What the paths of its steps start with. */
  prefix: string;
  steps: readonly CompiledStep[];
  /** The current step. */
  index: number;
  /** The container's step; null for the workflow's own list. */
  container: StepState | null;
  /** What expressions of this list read as `steps`: finished steps of this list and of those around it. */
  visible: Record<string, { output: unknown }>;
  /** Output of the last step that ran. */
  lastOutput: unknown;
  /** The error of a step that neither goes on nor tries again. */
  failure: RunError | null;
}

/** How a run ended. */
export interface Outcome {
  status: FinalRunStatus;
  output: unknown;
  error: RunError | null;
}

/**
 * A run as its journal tells it. Owned by whoever executes the run and changed only by `apply`, so that folding the
 * same entries gives the same state on every replica.
 */
export interface RunState {
  /** Lists under way, by prefix; the innermost ones are where something happens. */
  lists: Map<string, ListState>;
  steps: Map<string, StepState>;
}

/** A run before its first entry. */
export function newRunState(definition: CompiledDefinition): RunState {
  const root = newList('', definition.steps, null);
  return { lists: new Map([[root.prefix, root]]), steps: new Map() };
}

/** A list that is about to run its first step. */
export function newList(prefix: string, steps: readonly CompiledStep[], container: StepState | null): ListState {
  const visible = container === null ? {} : { ...container.list.visible };
  return { prefix, steps, index: 0, container, visible, lastOutput: null, failure: null };
}
