import { StepStatus, type JournalEntry, type RunError } from '@app/contracts';
import { CorruptJournalError } from './corrupt-journal.error.js';
import { branchKey, enter, iterate, leave, settle } from './nest.js';
import type { ListState, RunState, StepState, WaitingFor } from './run-state.js';
import { pin } from './pin.js';
import { NotBegun, isAllowed } from './transitions.js';

/**
 * Takes one fact into the state. The only function that changes a run's state; called for entries read from the
 * journal and for entries about to be written, so that going on after a crash is the same as going on.
 * @throws CorruptJournalError when the entry cannot follow
 */
export function apply(state: RunState, entry: JournalEntry): void {
  if (entry.type === 'step.pinned') {
    pin(state, entry);
    return;
  }
  const known = state.steps.get(entry.path);
  if (!isAllowed(known?.status ?? NotBegun, entry.type)) {
    throw new CorruptJournalError(entry.path, `${entry.type} cannot follow ${known?.status ?? 'nothing'}`);
  }
  const step = known ?? begin(state, entry);
  state.entries += 1;
  switch (entry.type) {
    case 'step.started':
      Object.assign(step, { status: StepStatus.Running, attempt: entry.attempt, startedAt: entry.at });
      if (entry.request_hash !== undefined) step.requestHash = entry.request_hash;
      return;
    case 'step.entered':
      step.status = StepStatus.Running;
      enter(state, step, entry);
      return;
    case 'step.iterated':
      iterate(state, step, entry.iteration, entry.again_at ?? 0);
      return;
    case 'step.waiting':
      wait(step, entry);
      return;
    case 'step.completed':
      step.attempt = entry.attempt;
      complete(state, step, entry.output);
      if (entry.ends === true) state.outcome = { status: 'completed', output: entry.output ?? null, error: null };
      return;
    case 'step.failed':
      fail(state, step, entry);
      if (entry.ends === true) state.outcome = { status: 'failed', output: null, error: entry.error };
      return;
    case 'step.skipped':
      step.status = StepStatus.Skipped;
      advance(state, step.list, step.list.index + 1);
      return;
    case 'step.in_doubt':
      Object.assign(step, { status: StepStatus.InDoubt, mayHaveHappened: true });
      return;
    case 'step.resolved':
      resolve(state, step, entry);
      return;
    case 'step.cancelled':
      step.status = StepStatus.Cancelled;
      leave(state, step);
      return;
  }
}

function begin(state: RunState, entry: JournalEntry): StepState {
  const list = listAt(state, entry.path);
  const step = list?.steps[list.index];
  if (list === undefined || step === undefined || list.prefix + step.id !== entry.path) {
    throw new CorruptJournalError(entry.path, 'it is not the current step of a list under way');
  }
  const startedAt = 'started_at' in entry ? entry.started_at : entry.at;
  const begun: StepState = { path: entry.path, step, list, status: StepStatus.Running, attempt: 1, startedAt };
  state.steps.set(entry.path, begun);
  return begun;
}

/** The list that a path's step belongs to. Branches of one container share the prefix: the step's id tells which. */
function listAt(state: RunState, path: string): ListState | undefined {
  const end = path.lastIndexOf('.') + 1;
  const prefix = path.slice(0, end);
  const list = state.lists.get(prefix);
  if (list !== undefined || end === 0) return list;
  const branch = state.containers.get(path.slice(0, end - 1))?.step.branchOf.get(path.slice(end));
  return branch === undefined ? undefined : state.lists.get(branchKey(prefix, branch));
}

function wait(step: StepState, entry: JournalEntry & { type: 'step.waiting' }): void {
  const { attempt, until, deadline, job_id, signal, event_wait, run_id } = entry;
  park(step, attempt, waitingFor(entry), until);
  if (deadline !== undefined) step.deadline = deadline;
  if (job_id !== undefined) step.jobId = job_id;
  if (signal !== undefined) step.signal = signal;
  if (event_wait !== undefined) step.eventWaitId = event_wait;
  if (run_id !== undefined) step.childRunId = run_id;
}

function waitingFor({ job_id, signal, event_wait, run_id }: JournalEntry & { type: 'step.waiting' }): WaitingFor {
  if (job_id !== undefined) return 'job';
  if (signal !== undefined) return 'signal';
  if (event_wait !== undefined) return 'event';
  return run_id === undefined ? 'timer' : 'run';
}

function park(step: StepState, attempt: number, reason: WaitingFor, until?: number): void {
  Object.assign(step, { status: StepStatus.Waiting, attempt, waitingFor: reason });
  delete step.deadline;
  if (until === undefined) delete step.until;
  else step.until = until;
}

function complete(state: RunState, step: StepState, output: unknown): void {
  step.status = StepStatus.Completed;
  leave(state, step);
  goOn(state, step, output ?? null, step.list.index + 1);
}

/** The step is over and the list goes on: what it came to can be seen from here on. */
function goOn(state: RunState, step: StepState, output: unknown, index: number): void {
  step.output = output;
  step.list.visible[step.step.id] = { output };
  step.list.lastOutput = output;
  advance(state, step.list, index);
}

function advance(state: RunState, list: ListState, index: number): void {
  list.index = index;
  if (index >= list.steps.length) settle(state, list);
}

function fail(state: RunState, step: StepState, entry: JournalEntry & { type: 'step.failed' }): void {
  step.error = entry.error;
  if (entry.retry_at !== undefined) {
    if (entry.may_have_happened === true) step.mayHaveHappened = true;
    park(step, entry.attempt, 'retry', entry.retry_at);
    return;
  }
  leave(state, step);
  settleFailure(state, step, entry.error, entry.handled === true);
}

/** `on_error` decides where a step that failed for good leads. */
function settleFailure(state: RunState, step: StepState, error: RunError, handled: boolean): void {
  const { list } = step;
  step.status = StepStatus.Failed;
  if (!handled) {
    list.failure = error;
    settle(state, list);
    return;
  }
  const target = step.step.definition.on_error;
  const jump = list.steps.findIndex(({ id }) => id === target);
  goOn(state, step, { error }, jump >= 0 ? jump : list.index + 1);
}

function resolve(state: RunState, step: StepState, entry: JournalEntry & { type: 'step.resolved' }): void {
  switch (entry.outcome) {
    case 'succeeded':
      complete(state, step, entry.output);
      return;
    case 'retry':
      park(step, step.attempt, 'retry', entry.at);
      return;
    case 'failed': {
      const error = entry.error ?? { code: 'RESOLVED_AS_FAILED', message: `Resolved as failed by ${entry.by}.` };
      const { on_error } = step.step.definition;
      step.error = error;
      settleFailure(state, step, error, on_error !== undefined && on_error !== 'fail');
      return;
    }
  }
}
