import { JobStatus } from '@app/contracts';
import type { StepState } from '../../engine/index.js';
import { StepFailure, type StepsService } from '../../steps/steps.service.js';
import { ChildStatus } from '../store/child-status.js';
import type { ChildRun } from '../store/run-history.js';
import type { Attempt } from './attempt.js';

/** What a job may say of itself besides that it failed. */
const ownCodes = ['TASK_FAILED', 'CONTENT_MISSING'] as const;

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

/** The same for a job. */
export function collectJob(steps: StepsService, attempt: Attempt, state: StepState): Promise<void> | undefined {
  const { execution } = attempt;
  const job = execution.history.jobs.get(state.jobId ?? '');
  const runner = steps.runner(state.step.type);
  switch (job?.status) {
    case undefined:
    case JobStatus.Queued:
    case JobStatus.Running:
      execution.hold(state.path, false);
      return undefined;
    case JobStatus.Succeeded:
      return attempt.complete(runner.kind === 'transactional' ? (runner.collect?.(job) ?? null) : null);
    case JobStatus.InDoubt:
      attempt.doubt('The worker that had the job ended before it could tell whether it succeeded.');
      return undefined;
    case JobStatus.Failed:
    case JobStatus.Cancelled: {
      const { error } = job.result ?? {};
      const message = error?.message ?? 'The job did not succeed.';
      const code = ownCodes.find((own) => own === error?.code) ?? 'JOB_FAILED';
      const options = { retryable: error?.retryable !== false, mayHaveHappened: false };
      attempt.fail(new StepFailure({ code, message }, options));
      return undefined;
    }
  }
}

/** The oldest signal of the name that no other step has taken. */
function collectSignal(attempt: Attempt, state: StepState): Promise<void> | undefined {
  const { execution } = attempt;
  const { inbox } = execution.history;
  const signal = inbox.find((row) => row.kind === 'signal' && row.name === state.signal);
  if (signal?.kind !== 'signal') {
    execution.hold(state.path, false);
    return undefined;
  }
  execution.history.inbox = inbox.filter((row) => row !== signal);
  const { id, payload, by, at } = signal;
  execution.journal.take(id);
  return attempt.complete({ payload: payload ?? null, by, at }, { inboxId: id });
}

/** The event that a dispatcher has put into the inbox for this wait. */
function collectEvent(attempt: Attempt, state: StepState): Promise<void> | undefined {
  const { execution } = attempt;
  const { inbox } = execution.history;
  const found = inbox.find((row) => row.kind === 'event' && row.wait === state.eventWaitId);
  if (found?.kind !== 'event') {
    execution.hold(state.path, false);
    return undefined;
  }
  execution.history.inbox = inbox.filter((row) => row !== found);
  execution.journal.take(found.id);
  return attempt.complete(found.event, { inboxId: found.id });
}

async function collectRun(attempt: Attempt, state: StepState): Promise<void> {
  const { execution } = attempt;
  const child = execution.history.children.get(state.childRunId ?? '');
  switch (child?.status) {
    case undefined:
    case ChildStatus.Running:
      execution.hold(state.path, false);
      return;
    case ChildStatus.Completed:
      return attempt.complete(await outputOf(attempt, child));
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

/** A run of its own has its own values: what is large is kept once more for the one that waits for it. */
async function outputOf({ execution }: Attempt, { output, output_blob }: ChildRun): Promise<unknown> {
  return output_blob == null ? output : execution.values.read(output_blob);
}
