import type { FinalRunStatus, LoopTurn, RunError, StepStatus } from '@app/contracts';
import type { CompiledDefinition, CompiledStep } from '@app/definition';

/** What a waiting step waits for. */
export type WaitingFor = 'retry' | 'timer' | 'job' | 'signal' | 'event' | 'run';

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
  /** When a waiting step or a container under way fails for want of time, in ms since 1970. */
  deadline?: number;
  jobId?: string;
  signal?: string;
  /** The row of the event that it waits for. */
  eventWaitId?: string;
  /** The run that it started and waits for. */
  childRunId?: string;
  /** Hash of the request that the intent was committed with. */
  requestHash?: string;
  /** A call of an earlier attempt may have taken effect. */
  mayHaveHappened?: true;
  /** What a container has under way. */
  nest?: Nest;
  output?: unknown;
  error?: RunError;
}

/** A list of steps under way: the workflow's own, or one that a container entered. */
export interface ListState {
  /** Its key in `RunState.lists`: the prefix, and the branch where several lists of one container share it. */
  key: string;
  /** What the paths of its steps start with. */
  prefix: string;
  steps: readonly CompiledStep[];
  /** The current step. */
  index: number;
  /** The container's step; null for the workflow's own list. */
  container: StepState | null;
  /** Which of a container's lists it is: a branch's label, or the number of the item or iteration. */
  slot: string | number | null;
  /** The turns of the loops around it, from the outside in. */
  turns: readonly LoopTurn[];
  /** Its first step does not begin before, in ms since 1970. */
  notBefore: number;
  /** What expressions of this list read as `steps`: finished steps of this list and of those around it. */
  visible: Record<string, { output: unknown }>;
  /** Output of the last step that ran. */
  lastOutput: unknown;
  /** The error of a step that neither goes on nor tries again. */
  failure: RunError | null;
}

/** What a container under way keeps about its lists. */
export interface Nest {
  /** Lists under way. */
  open: Set<ListState>;
  /** The items of a loop over items; empty for other containers. */
  items: readonly unknown[];
  /** The next item or iteration to begin. */
  next: number;
  /** Outputs of the lists that are over, by slot. */
  outputs: Map<string | number, unknown>;
  /** The failure of the first list that failed. */
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
 * same entries gives the same state on every replica. What is over and can no longer be referred to is forgotten, so
 * that a loop of 10,000 turns takes the memory of those under way.
 */
export interface RunState {
  /** Lists under way, by key; the innermost ones are where something happens. */
  lists: Map<string, ListState>;
  /** Steps of the lists under way that have begun, by path. */
  steps: Map<string, StepState>;
  /** Containers under way, by path; outer ones first. */
  containers: Map<string, StepState>;
  /** Set by a step that ends the run. */
  outcome: Outcome | null;
  /** When the run fails for want of time, in ms since 1970. */
  deadline: number;
  /** Entries so far. */
  entries: number;
}

/**
 * A run before its first entry.
 * @param acceptedAt ms since 1970: what the run's own time-out counts from
 */
export function newRunState(definition: CompiledDefinition, acceptedAt = 0): RunState {
  const root: ListState = {
    key: '',
    prefix: '',
    steps: definition.steps,
    index: 0,
    container: null,
    slot: null,
    turns: [],
    notBefore: 0,
    visible: {},
    lastOutput: null,
    failure: null,
  };
  return {
    lists: new Map([[root.key, root]]),
    steps: new Map(),
    containers: new Map(),
    outcome: null,
    deadline: definition.timeoutMs === undefined ? Number.POSITIVE_INFINITY : acceptedAt + definition.timeoutMs,
    entries: 0,
  };
}
