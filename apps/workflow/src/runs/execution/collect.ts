import { JobStatus } from '@app/contracts';
import type { StepState } from '../../engine/index.js';
import { StepFailure, type StepsService } from '../../steps/steps.service.js';
import { ChildStatus } from '../store/child-status.js';
import type { Attempt } from './attempt.js';

/** Looks whether what a step waits for has happened; holds the step when it has not. */
export async function collect(steps: StepsService, attempt: Attempt, state: StepState): Promise<void> {
  switch (state.waitingFor) {
    case 'job':
      return collectJob(steps, attempt, state);
    case 'signal':
      return collectSignal(attempt, state);
    case 'event':
      return collectEvent(attempt, state);
    case 'run':
      return collectRun(attempt, state);
    case 'timer':
    case 'retry':
    case undefined:
      return;
  }
}

function collectJob(steps: StepsService, attempt: Attempt, state: StepState): void {
  const { execution } = attempt;
  const job = execution.history.jobs.get(state.jobId ?? '');
  const runner = steps.runner(state.step.type);
  switch (job?.status) {
    case undefined:
    case JobStatus.Queued:
    case JobStatus.Running:
      execution.hold(state.path, false);
      return;
    case JobStatus.Succeeded:
      attempt.complete(runner.kind === 'transactional' ? (runner.collect?.(job) ?? null) : null);
      return;
    case JobStatus.InDoubt:
      attempt.doubt('The worker that had the job ended before it could tell whether it succeeded.');
      return;
    case JobStatus.Failed:
    case JobStatus.Cancelled: {
      const { error } = job.result ?? {};
      const message = error?.message ?? 'The job did not succeed.';
      const code = error?.code === 'TASK_FAILED' ? error.code : 'JOB_FAILED';
      const options = { retryable: error?.retryable !== false, mayHaveHappened: false };
      attempt.fail(new StepFailure({ code, message }, options));
    }
  }
}

/** The oldest signal of the name that no other step has taken. */
function collectSignal(attempt: Attempt, state: StepState): void {
  const { execution } = attempt;
  const { inbox } = execution.history;
  const signal = inbox.find((row) => row.kind === 'signal' && row.name === state.signal);
  if (signal?.kind !== 'signal') {
    execution.hold(state.path, false);
    return;
  }
  execution.history.inbox = inbox.filter((row) => row !== signal);
  const { id, payload, by, at } = signal;
  attempt.complete({ payload: payload ?? null, by, at }, { inboxId: id });
}

/** The event that a dispatcher has put into the inbox for this wait. */
function collectEvent(attempt: Attempt, state: StepState): void {
  const { execution } = attempt;
  const { inbox } = execution.history;
  const found = inbox.find((row) => row.kind === 'event' && row.wait === state.eventWaitId);
  if (found?.kind !== 'event') {
    execution.hold(state.path, false);
    return;
  }
  execution.history.inbox = inbox.filter((row) => row !== found);
  attempt.complete(found.event, { inboxId: found.id });
}

function collectRun(attempt: Attempt, state: StepState): void {
  const { execution } = attempt;
  const child = execution.history.children.get(state.childRunId ?? '');
  switch (child?.status) {
    case undefined:
    case ChildStatus.Running:
      execution.hold(state.path, false);
      return;
    case ChildStatus.Completed:
      attempt.complete(child.output);
      return;
    case ChildStatus.Refused:
      attempt.fail(
        StepFailure.permanent(
          'CHILD_RUN_FAILED',
          'The workflow does not exist: config.workflow_id must name one of yours.',
        ),
      );
      return;
    case ChildStatus.Failed:
    case ChildStatus.Cancelled: {
      const details = { run_id: state.childRunId, status: child.status, error: child.error };
      const message = `Run ${state.childRunId} ${child.status === 'failed' ? 'failed' : 'was cancelled'}.`;
      attempt.fail(
        new StepFailure({ code: 'CHILD_RUN_FAILED', message, details }, { retryable: true, mayHaveHappened: false }),
      );
    }
  }
}
