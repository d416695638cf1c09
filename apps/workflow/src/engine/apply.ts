import { StepStatus, type JournalEntry, type RunError } from '@app/contracts';
import { CorruptJournalError } from './corrupt-journal.error.js';
import { newList, type ListState, type RunState, type StepState } from './run-state.js';
import { NotBegun, isAllowed } from './transitions.js';

/**
 * Takes one fact into the state. The only function that changes a run's state; called for entries read from the
 * journal and for entries about to be written, so that going on after a crash is the same as going on.
 * @throws CorruptJournalError when the entry cannot follow
 */
export function apply(state: RunState, entry: JournalEntry): void {
  const known = state.steps.get(entry.path);
  if (!isAllowed(known?.status ?? NotBegun, entry.type)) {
    throw new CorruptJournalError(entry.path, `${entry.type} cannot follow ${known?.status ?? 'nothing'}`);
  }
  const step = known ?? begin(state, entry);
  switch (entry.type) {
    case 'step.started':
      Object.assign(step, { status: StepStatus.Running, attempt: entry.attempt, startedAt: entry.at });
      if (entry.request_hash !== undefined) step.requestHash = entry.request_hash;
      return;
    case 'step.entered':
      step.status = StepStatus.Running;
      enter(state, step, entry.branch);
      return;
    case 'step.waiting':
      wait(step, entry.attempt, entry.job_id === undefined ? 'timer' : 'job', entry.until);
      if (entry.job_id !== undefined) step.jobId = entry.job_id;
      return;
    case 'step.completed':
      step.attempt = entry.attempt;
      complete(state, step, entry.output);
      return;
    case 'step.failed':
      fail(state, step, entry);
      return;
    case 'step.skipped':
      step.status = StepStatus.Skipped;
      step.list.index += 1;
      return;
    case 'step.in_doubt':
      step.status = StepStatus.InDoubt;
      return;
    case 'step.resolved':
      resolve(state, step, entry);
      return;
    case 'step.cancelled':
      step.status = StepStatus.Cancelled;
      return;
  }
}

function begin(state: RunState, entry: JournalEntry): StepState {
  const list = state.lists.get(entry.path.slice(0, entry.path.lastIndexOf('.') + 1));
  const step = list?.steps[list.index];
  if (list === undefined || step === undefined || list.prefix + step.id !== entry.path) {
    throw new CorruptJournalError(entry.path, 'it is not the current step of a list under way');
  }
  const startedAt = 'started_at' in entry ? entry.started_at : entry.at;
  const begun: StepState = { path: entry.path, step, list, status: StepStatus.Running, attempt: 1, startedAt };
  state.steps.set(entry.path, begun);
  return begun;
}

function enter(state: RunState, container: StepState, branch: string | null): void {
  if (branch === null) return;
  const steps = container.step.lists.get(branch);
  if (steps === undefined) throw new CorruptJournalError(container.path, `it has no list ${branch}`);
  const list = newList(`${container.path}.`, steps, container);
  state.lists.set(list.prefix, list);
}

function wait(
  step: StepState,
  attempt: number,
  waitingFor: NonNullable<StepState['waitingFor']>,
  until?: number,
): void {
  Object.assign(step, { status: StepStatus.Waiting, attempt, waitingFor });
  if (until === undefined) delete step.until;
  else step.until = until;
}

function complete(state: RunState, step: StepState, output: unknown): void {
  step.status = StepStatus.Completed;
  step.output = output ?? null;
  state.lists.delete(`${step.path}.`);
  advance(step.list, step);
}

function advance(list: ListState, step: StepState): void {
  list.visible[step.step.id] = { output: step.output };
  list.lastOutput = step.output;
  list.index += 1;
}

function fail(state: RunState, step: StepState, entry: JournalEntry & { type: 'step.failed' }): void {
  step.error = entry.error;
  if (entry.retry_at !== undefined) {
    wait(step, entry.attempt, 'retry', entry.retry_at);
    return;
  }
  state.lists.delete(`${step.path}.`);
  settleFailure(step, entry.error, entry.handled === true);
}

/** `on_error` decides where a step that failed for good leads. */
function settleFailure(step: StepState, error: RunError, handled: boolean): void {
  step.status = StepStatus.Failed;
  if (!handled) {
    step.list.failure = error;
    return;
  }
  step.output = { error };
  advance(step.list, step);
  const target = step.step.definition.on_error;
  const jump = step.list.steps.findIndex(({ id }) => id === target);
  if (jump >= 0) step.list.index = jump;
}

function resolve(state: RunState, step: StepState, entry: JournalEntry & { type: 'step.resolved' }): void {
  switch (entry.outcome) {
    case 'succeeded':
      complete(state, step, entry.output);
      return;
    case 'retry':
      wait(step, step.attempt, 'retry', entry.at);
      return;
    case 'failed': {
      const error = entry.error ?? { code: 'RESOLVED_AS_FAILED', message: `Resolved as failed by ${entry.by}.` };
      step.error = error;
      settleFailure(
        step,
        error,
        step.step.definition.on_error !== undefined && step.step.definition.on_error !== 'fail',
      );
      return;
    }
  }
}
