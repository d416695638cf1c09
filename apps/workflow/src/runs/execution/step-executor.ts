import { JobStatus } from '@app/contracts';
import type { Action, StepState } from '../../engine/index.js';
import { CorruptJournalError } from '../../engine/index.js';
import type { RunUnderWay, StepPerformer } from './run-under-way.js';
import { FencedError } from '../store/fenced.error.js';
import { Attempt } from './attempt.js';
import { settleDoubt } from './doubt.js';
import { announceAndCall, recoverCall } from './effect-call.js';
import {
  isTrue,
  StepFailure,
  type ParkingRunner,
  type PureRunner,
  type StepsService,
} from '../../steps/steps.service.js';

/** Does what the engine decided about one step. */
export class StepExecutor implements StepPerformer {
  constructor(
    private readonly steps: StepsService,
    /** ms since 1970. */
    private readonly now: () => number,
  ) {}

  /** Resolves when the journal knows what came of it; rejects only when the journal cannot be written. */
  async perform(execution: RunUnderWay, action: Exclude<Action, { do: 'record' }>): Promise<void> {
    switch (action.do) {
      case 'start':
        return this.guarded(new Attempt(execution, action.list, action.step, action.attempt, this.now), start);
      case 'recover':
        return this.guarded(this.attemptOf(execution, action.state), recover, action.state);
      case 'collect':
        return this.guarded(this.attemptOf(execution, action.state), collect, action.state);
      case 'settle':
        return settleDoubt(execution, action.state, this.now());
    }
  }

  private attemptOf(execution: RunUnderWay, state: StepState): Attempt {
    return new Attempt(execution, state.list, state.step, state.attempt, this.now, state.startedAt);
  }

  private async guarded<T extends unknown[]>(
    attempt: Attempt,
    work: (steps: StepsService, attempt: Attempt, ...more: T) => Promise<void>,
    ...more: T
  ): Promise<void> {
    try {
      await work(this.steps, attempt, ...more);
    } catch (error) {
      if (error instanceof FencedError || error instanceof CorruptJournalError) throw error;
      attempt.fail(StepFailure.from(error));
    }
  }
}

async function start(steps: StepsService, attempt: Attempt): Promise<void> {
  const { step, scope, evaluation, path } = attempt.context;
  if (step.condition !== undefined && attempt.context.attempt === 1) {
    if (!isTrue(await step.condition.evaluate(scope, evaluation))) {
      attempt.append({ type: 'step.skipped', path, at: attempt.base.at });
      return;
    }
  }
  const runner = steps.runner(step.type);
  switch (runner.kind) {
    case 'pure':
      return compute(runner, attempt);
    case 'parking':
      return park(runner, attempt);
    case 'effect':
      return announceAndCall(runner, attempt);
  }
}

async function compute(runner: PureRunner, attempt: Attempt): Promise<void> {
  const result = await runner.run(attempt.context);
  const { path, at } = attempt.base;
  if ('branch' in result) attempt.append({ type: 'step.entered', path, at, branch: result.branch });
  else attempt.complete(result.output);
}

async function park(runner: ParkingRunner, attempt: Attempt): Promise<void> {
  const { until, job, input } = await runner.park(attempt.context);
  attempt.append(
    {
      type: 'step.waiting',
      ...attempt.base,
      ...(until !== undefined && { until }),
      ...(job !== undefined && { job_id: job.id }),
      ...(input !== undefined && { input }),
    },
    { job },
  );
}

async function recover(steps: StepsService, attempt: Attempt, state: StepState): Promise<void> {
  const runner = steps.runner(state.step.type);
  if (runner.kind === 'effect') return recoverCall(runner, attempt, state);
  throw new CorruptJournalError(state.path, 'a step without an effect was announced');
}

/** Looks whether the job that a step waits for is over. */
async function collect(steps: StepsService, attempt: Attempt, state: StepState): Promise<void> {
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
      attempt.complete(runner.kind === 'parking' ? (runner.collect?.(job) ?? null) : null);
      return;
    case JobStatus.InDoubt:
      attempt.doubt('The worker that had the job ended before it could tell whether it succeeded.');
      return;
    case JobStatus.Failed:
    case JobStatus.Cancelled: {
      const message = job.result?.error?.message ?? 'The job did not succeed.';
      attempt.fail(new StepFailure({ code: 'JOB_FAILED', message }, { retryable: true, mayHaveHappened: false }));
    }
  }
}
