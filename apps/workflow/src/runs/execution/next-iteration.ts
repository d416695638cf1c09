import { scopeOf, type ListState, type StepState } from '../../engine/index.js';
import { isTrue, StepFailure, type StepsService } from '../../steps/steps.service.js';
import type { Attempt } from './attempt.js';

/** An iteration of a loop is over: ends the loop, or begins another iteration. */
export async function nextIteration(
  _steps: StepsService,
  attempt: Attempt,
  { state, list }: { state: StepState; list: ListState },
): Promise<void> {
  const { step } = state;
  const iteration = Number(list.slot);
  const until = step.expressions.get('until');
  const { run, facts } = attempt.execution;
  const { evaluation } = attempt.context;
  const scope = scopeOf(list, run.input, facts);
  const isDone =
    until !== undefined &&
    isTrue(await until.evaluate(scope, { ...evaluation, seed: `${evaluation.seed}[${iteration}]#until` }));
  const isLast = iteration + 1 >= step.loop.maxIterations;
  if (isDone || (isLast && until === undefined)) return attempt.complete(list.lastOutput);
  const { maxIterations } = attempt.context.bounds;
  if (iteration + 1 >= maxIterations) {
    const message = `a loop may have at most ${maxIterations} iterations (WORKFLOW_MAX_ITERATIONS)`;
    throw StepFailure.permanent('ITERATIONS_EXHAUSTED', message);
  }
  if (isLast) {
    const message = `config.until was not true in any of ${step.loop.maxIterations} iterations (config.max_iterations)`;
    throw StepFailure.permanent('ITERATIONS_EXHAUSTED', message);
  }
  const { path, at } = attempt.base;
  const { delayMs } = step.loop;
  attempt.append({ type: 'step.iterated', path, at, iteration, ...(delayMs > 0 && { again_at: at + delayMs }) });
}
