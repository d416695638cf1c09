import { MOST_CAUSES } from '@app/contracts';
import { StepFailure } from './step-failure.js';
import type { StepContext } from './step-runner.js';

/** @throws StepFailure when what the step would cause is too far down a chain of runs and events */
export function assertNoLoop({ depth }: Pick<StepContext, 'depth'>): void {
  if (depth < MOST_CAUSES) return;
  const message = `${MOST_CAUSES} runs have started one another in a row: the next one is not started`;
  throw StepFailure.permanent('LOOP_DETECTED', message);
}
