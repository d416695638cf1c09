import { UnreadableValueError } from '@app/blobs';
import type { StepState } from '../../engine/index.js';
import { CorruptJournalError } from '../../engine/index.js';
import { FencedError } from '../store/fenced.error.js';
import { UnwrittenError } from '../store/unwritten.error.js';
import { StepFailure, type StepsService } from '../../steps/steps.service.js';
import { Attempt } from './attempt.js';
import type { CallSlots } from './call-slots.js';
import { collect } from './collect.js';
import { settleDoubt } from './doubt.js';
import { recoverCall } from './effect-call.js';
import { nextIteration } from './next-iteration.js';
import type { RunUnderWay, StepAction, StepPerformer } from './run-under-way.js';
import { startStep } from './start-step.js';

/** Does what the engine decided about one step. */
export class StepExecutor implements StepPerformer {
  constructor(
    private readonly steps: StepsService,
    /** ms since 1970. */
    private readonly now: () => number,
    private readonly calls: CallSlots,
  ) {}

  /** See `StepPerformer`. */
  perform(execution: RunUnderWay, action: StepAction): Promise<void> | undefined {
    switch (action.do) {
      case 'start': {
        const { list, step, attempt, mayHaveHappened = false } = action;
        const start = (): Promise<void> | undefined =>
          this.guarded(new Attempt(execution, list, step, attempt, this.now, mayHaveHappened), startStep);
        return this.steps.runner(step.type).kind === 'effect'
          ? this.inSlot(execution, list.prefix + step.id, start)
          : start();
      }
      case 'recover': {
        // What was announced may have been called, by a process that could not tell.
        const state = { ...action.state, mayHaveHappened: true } as const;
        const recovery = (): Promise<void> | undefined =>
          this.guarded(this.attemptOf(execution, state), recover, action.state);
        return this.inSlot(execution, state.path, recovery);
      }
      case 'collect':
        return this.guarded(this.attemptOf(execution, action.state), collect, action.state);
      case 'iterate':
        return this.guarded(this.attemptOf(execution, action.state), nextIteration, action);
      case 'settle':
        return settleDoubt(execution, action.state, this.now());
    }
  }

  /** Makes a call when it is its turn. Not at all when it is stopped before, or the process ends: nothing is said of it then. */
  private async inSlot(execution: RunUnderWay, path: string, call: () => Promise<void> | undefined): Promise<void> {
    const taken = this.calls.take(execution.run.userId, execution.signalOf(path));
    const release = taken instanceof Promise ? await taken : taken;
    if (release === undefined) return;
    try {
      await call();
    } finally {
      release();
    }
  }

  private attemptOf(execution: RunUnderWay, state: StepState): Attempt {
    const { list, step, attempt, mayHaveHappened = false, startedAt } = state;
    return new Attempt(execution, list, step, attempt, this.now, mayHaveHappened, startedAt);
  }

  private guarded<T extends unknown[]>(
    attempt: Attempt,
    work: (steps: StepsService, attempt: Attempt, ...more: T) => Promise<void> | undefined,
    ...more: T
  ): Promise<void> | undefined {
    try {
      return work(this.steps, attempt, ...more)?.catch((error: unknown) => fail(attempt, error));
    } catch (error) {
      fail(attempt, error);
      return undefined;
    }
  }
}

function fail(attempt: Attempt, error: unknown): void {
  if (isOfThePlatform(error)) throw error;
  attempt.fail(StepFailure.from(error));
}

/** Whether the run cannot go on here, and nothing is to be said about the step. */
function isOfThePlatform(error: unknown): boolean {
  return (
    error instanceof FencedError ||
    error instanceof UnwrittenError ||
    error instanceof UnreadableValueError ||
    error instanceof CorruptJournalError
  );
}

async function recover(steps: StepsService, attempt: Attempt, state: StepState): Promise<void> {
  const runner = steps.runner(state.step.type);
  if (runner.kind === 'effect') return recoverCall(runner, attempt, state);
  throw new CorruptJournalError(state.path, 'a step without an effect was announced');
}
