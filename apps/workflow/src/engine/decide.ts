import { StepStatus, type JournalEntry } from '@app/contracts';
import type { CompiledStep } from '@app/definition';
import { completion, failureEntry, timeUp } from './entries.js';
import { cancelled, halt, journalFull, timedOut } from './halt.js';
import { isFailing, outputOf } from './nest.js';
import type { ListState, Outcome, RunState, StepState } from './run-state.js';

/** What is to be done next for one place of a run. */
export type Action =
  /** Take this entry into the journal and decide again. */
  | { do: 'record'; entry: JournalEntry }
  /** Begin an attempt. */
  | { do: 'start'; path: string; list: ListState; step: CompiledStep; attempt: number; mayHaveHappened?: true }
  /** An effect was announced, and nobody of this process is at it: find out or do again what its class allows. */
  | { do: 'recover'; state: StepState }
  /** Look whether what a step waits for has happened. */
  | { do: 'collect'; state: StepState }
  /** Follow `on_in_doubt`. */
  | { do: 'settle'; state: StepState }
  /** An iteration is over: is there another one? */
  | { do: 'iterate'; state: StepState; list: ListState }
  /** Stop what this process is doing at this place, and decide again when it has stopped. */
  | { do: 'abort'; path: string };

export type Decision =
  | { kind: 'act'; actions: Action[] }
  /** Nothing to do before `until` (ms since 1970; null = before something happens outside). */
  | { kind: 'wait'; until: number | null }
  | { kind: 'finish'; outcome: Outcome };

/** What whoever executes the run knows besides its journal. */
export interface View {
  /** Paths of the steps that this process is executing at this moment. */
  underWay: ReadonlySet<string>;
  /** Paths of steps that wait for something outside which has not happened yet. */
  held: ReadonlySet<string>;
  /** Steps that are to be recovered later, by path: their provider wants no call before, in ms since 1970. */
  postponed: ReadonlyMap<string, number>;
  /** Somebody asked to cancel the run. */
  isCancelled: boolean;
  /** Most entries of the journal. */
  maxEntries: number;
}

/** Nothing is under way, held or limited. */
export const plainView: View = {
  underWay: new Set(),
  held: new Set(),
  postponed: new Map(),
  isCancelled: false,
  maxEntries: Number.POSITIVE_INFINITY,
};

/**
 * What a run needs next. A function of the state, the view and the time: deciding twice is deciding once.
 * @param now ms since 1970
 */
export function decide(state: RunState, now: number, view: View = plainView): Decision {
  const outcome = view.isCancelled ? cancelled : outcomeOf(state, now, view);
  if (outcome !== undefined) {
    const actions = haltActions(state, '', view, now, outcome.error?.message ?? 'The run ended');
    return actions.length > 0 ? { kind: 'act', actions } : { kind: 'finish', outcome };
  }
  const actions: Action[] = [];
  let until = state.deadline;
  const ending: string[] = [];
  for (const container of state.containers.values()) {
    if (isInside(container.path, ending)) continue;
    const next = containerActions(state, container, view, now);
    if (next === undefined) until = Math.min(until, container.deadline ?? Number.POSITIVE_INFINITY);
    else {
      ending.push(container.path);
      actions.push(...next);
    }
  }
  for (const list of state.lists.values()) {
    if (list.container !== null && isInside(list.prefix, ending)) continue;
    const next = actionFor(state, list, view, now);
    if (next === undefined) continue;
    if (next.do === 'wait') until = Math.min(until, next.until);
    else actions.push(next);
  }
  if (actions.length > 0) return { kind: 'act', actions };
  return { kind: 'wait', until: until === Number.POSITIVE_INFINITY ? null : until };
}

function outcomeOf(state: RunState, now: number, { maxEntries }: View): Outcome | undefined {
  if (state.outcome !== null) return state.outcome;
  const root = state.lists.get('');
  if (root === undefined) return undefined;
  if (root.failure !== null) return { status: 'failed', output: null, error: root.failure };
  if (root.index >= root.steps.length) return { status: 'completed', output: root.lastOutput, error: null };
  if (state.deadline <= now) return timedOut;
  return state.entries >= maxEntries ? journalFull(maxEntries) : undefined;
}

/** Stops what this process is at; once nothing is left of that, ends the other steps below the path. */
function haltActions(state: RunState, below: string, { underWay }: View, now: number, why: string): Action[] {
  const { abort, entries } = halt(state, below, underWay, now, why);
  if (abort.length > 0) return abort.map((path) => ({ do: 'abort', path }));
  return entries.map((entry) => ({ do: 'record', entry }));
}

/** What ends a container; undefined while its lists go on. */
function containerActions(state: RunState, container: StepState, view: View, now: number): Action[] | undefined {
  const { nest, path, deadline } = container;
  if (nest === undefined) return undefined;
  // Somebody is asking whether there is another iteration: what they say must find the container as it was.
  if (view.underWay.has(path)) return [];
  const isLate = deadline !== undefined && deadline <= now;
  if (isLate || isFailing(container)) {
    // A container has no attempts of its own.
    const failure = { error: nest.failure ?? timeUp(container).error, retryable: false };
    const halting = haltActions(state, path, view, now, isLate ? 'The time of the step was up' : 'Another list failed');
    return halting.length > 0 ? halting : [{ do: 'record', entry: failureEntry(container, failure, now, '') }];
  }
  if (!isOver(container, nest.open)) return undefined;
  if (nest.failure !== null) {
    return [{ do: 'record', entry: failureEntry(container, { error: nest.failure, retryable: false }, now, '') }];
  }
  const [list] = nest.open;
  if (container.step.nesting !== 'iterations' || list === undefined) {
    return [{ do: 'record', entry: completion(container, outputOf(container), now) }];
  }
  return [{ do: 'iterate', state: container, list }];
}

/** A choice and a loop of iterations keep their list until they end with it. */
function isOver({ step }: StepState, open: ReadonlySet<ListState>): boolean {
  const [list] = open;
  if (list === undefined) return true;
  return (step.nesting === 'choice' || step.nesting === 'iterations') && list.index >= list.steps.length;
}

function isInside(path: string, containers: readonly string[]): boolean {
  return containers.some(
    (outer) => path.startsWith(outer) && (path[outer.length] === '.' || path[outer.length] === '['),
  );
}

type ActionOrWait = Action | { do: 'wait'; until: number };

function actionFor(state: RunState, list: ListState, view: View, now: number): ActionOrWait | undefined {
  const step = list.steps[list.index];
  if (step === undefined || list.failure !== null) return undefined;
  const path = list.prefix + step.id;
  if (view.underWay.has(path)) return undefined;
  const begun = state.steps.get(path);
  if (begun === undefined) {
    if (list.notBefore > now) return { do: 'wait', until: list.notBefore };
    return { do: 'start', path, list, step, attempt: 1 };
  }
  switch (begun.status) {
    case StepStatus.Running:
      return begun.nest === undefined ? recovery(begun, view, now) : undefined;
    case StepStatus.Waiting:
      return waitingAction(begun, view, now);
    case StepStatus.InDoubt:
      return view.held.has(path) ? undefined : { do: 'settle', state: begun };
    case StepStatus.Completed:
    case StepStatus.Failed:
    case StepStatus.Skipped:
    case StepStatus.Cancelled:
      return undefined;
  }
}

function recovery(begun: StepState, { postponed }: View, now: number): ActionOrWait {
  const until = postponed.get(begun.path) ?? 0;
  return until > now ? { do: 'wait', until } : { do: 'recover', state: begun };
}

function waitingAction(begun: StepState, { held }: View, now: number): ActionOrWait | undefined {
  const { path, list, step, attempt, until, deadline, mayHaveHappened } = begun;
  switch (begun.waitingFor) {
    case 'job':
    case 'signal':
    case 'event':
    case 'run':
      if (!held.has(path)) return { do: 'collect', state: begun };
      if (deadline === undefined) return undefined;
      if (deadline > now) return { do: 'wait', until: deadline };
      return { do: 'record', entry: failureEntry(begun, timeUp(begun), now, path) };
    case 'timer':
      if (until !== undefined && until > now) return { do: 'wait', until };
      return { do: 'record', entry: completion(begun, null, now) };
    case 'retry':
      if (until !== undefined && until > now) return { do: 'wait', until };
      return { do: 'start', path, list, step, attempt: attempt + 1, ...(mayHaveHappened && { mayHaveHappened }) };
    case undefined:
      break;
  }
  return undefined;
}
