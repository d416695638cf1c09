import { StepStatus, type JournalEntry } from '@app/contracts';
import type { CompiledStep } from '@app/definition';
import { failureEntry } from './failure.js';
import type { ListState, Outcome, RunState, StepState } from './run-state.js';

/** What is to be done next for one place of a run. */
export type Action =
  /** Take this entry into the journal and decide again. */
  | { do: 'record'; entry: JournalEntry }
  /** Begin an attempt. */
  | { do: 'start'; path: string; list: ListState; step: CompiledStep; attempt: number }
  /** An effect was announced, and nobody of this process is at it: find out or do again what its class allows. */
  | { do: 'recover'; state: StepState }
  /** Look whether the job has ended. */
  | { do: 'collect'; state: StepState }
  /** Follow `on_in_doubt`. */
  | { do: 'settle'; state: StepState };

export type Decision =
  | { kind: 'act'; actions: Action[] }
  /** Nothing to do before `until` (ms since 1970; null = before something happens outside). */
  | { kind: 'wait'; until: number | null }
  | { kind: 'finish'; outcome: Outcome };

/**
 * What a run needs next. A function of the state and the time: deciding twice is deciding once.
 * @param now ms since 1970
 * @param underWay paths of the steps that this process is executing at this moment
 * @param held paths of the steps in doubt that wait for a person
 */
export function decide(
  state: RunState,
  now: number,
  underWay: ReadonlySet<string> = new Set(),
  held: ReadonlySet<string> = new Set(),
): Decision {
  const actions: Action[] = [];
  let until: number | null = null;
  for (const list of state.lists.values()) {
    if (list.container === null) {
      const outcome = outcomeOf(list);
      if (outcome !== undefined) return { kind: 'finish', outcome };
    }
    const next = actionFor(state, list, now);
    if (next === undefined || underWay.has(pathOf(next)) || held.has(pathOf(next))) continue;
    if (next.do === 'wait') until = Math.min(until ?? Number.POSITIVE_INFINITY, next.until);
    else actions.push(next);
  }
  return actions.length > 0 ? { kind: 'act', actions } : { kind: 'wait', until };
}

function outcomeOf(root: ListState): Outcome | undefined {
  if (root.failure !== null) return { status: 'failed', output: null, error: root.failure };
  if (root.index >= root.steps.length) return { status: 'completed', output: root.lastOutput, error: null };
  return undefined;
}

type ActionOrWait = Action | { do: 'wait'; path: string; until: number };

function pathOf(action: ActionOrWait): string {
  switch (action.do) {
    case 'record':
      return action.entry.path;
    case 'recover':
    case 'collect':
    case 'settle':
      return action.state.path;
    case 'start':
    case 'wait':
      return action.path;
  }
}

function actionFor(state: RunState, list: ListState, now: number): ActionOrWait | undefined {
  const ended = list.container === null ? undefined : endOfContainer(list, list.container, now);
  if (ended !== undefined) return ended;
  const step = list.steps[list.index];
  if (step === undefined) return undefined;
  const path = list.prefix + step.id;
  const begun = state.steps.get(path);
  if (begun === undefined) return { do: 'start', path, list, step, attempt: 1 };
  switch (begun.status) {
    case StepStatus.Running:
      return runningAction(state, begun, now);
    case StepStatus.Waiting:
      return waitingAction(begun, now);
    case StepStatus.InDoubt:
      return { do: 'settle', state: begun };
    case StepStatus.Completed:
    case StepStatus.Failed:
    case StepStatus.Skipped:
    case StepStatus.Cancelled:
      return undefined;
  }
}

/** A container ends with its list: with the output of its last step, or with the failure of one. */
function endOfContainer(list: ListState, container: StepState, now: number): Action | undefined {
  if (list.failure !== null) {
    return { do: 'record', entry: failureEntry(container, { error: list.failure, retryable: false }, now, '') };
  }
  if (list.index < list.steps.length) return undefined;
  return { do: 'record', entry: completion(container, list.lastOutput, now) };
}

function runningAction(state: RunState, begun: StepState, now: number): Action | undefined {
  if (begun.step.lists.size === 0) return { do: 'recover', state: begun };
  if (state.lists.has(`${begun.path}.`)) return undefined;
  return { do: 'record', entry: completion(begun, null, now) };
}

function waitingAction(begun: StepState, now: number): ActionOrWait | undefined {
  const { path, list, step, attempt, until } = begun;
  switch (begun.waitingFor) {
    case 'job':
      return { do: 'collect', state: begun };
    case 'timer':
      if (until !== undefined && until > now) return { do: 'wait', path, until };
      return { do: 'record', entry: completion(begun, null, now) };
    case 'retry':
      if (until !== undefined && until > now) return { do: 'wait', path, until };
      return { do: 'start', path, list, step, attempt: attempt + 1 };
    case undefined:
      break;
  }
  return undefined;
}

function completion({ path, attempt, startedAt }: StepState, output: unknown, now: number): JournalEntry {
  return { type: 'step.completed', path, at: now, attempt, started_at: startedAt, output };
}
