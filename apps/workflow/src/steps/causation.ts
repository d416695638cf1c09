import { StepFailure } from './step-failure.js';
import type { StepContext } from './step-runner.js';

/** @throws StepFailure when what the step would cause is too far down a chain of runs and events */
export function assertNoLoop({ depth, bounds: { maxCauses } }: Pick<StepContext, 'depth' | 'bounds'>): void {
  if (depth < maxCauses) return;
  const message = `${maxCauses} runs have started one another in a row (WORKFLOW_MAX_CAUSES): the next one is not started`;
  throw StepFailure.permanent('LOOP_DETECTED', message);
}
