import { StepFailure } from '../step-failure.js';
import type { PureRunner } from '../step-runner.js';

/** `transform`: the value of its expression is its output; nothing is null. */
export const transformRunner: PureRunner = {
  kind: 'pure',
  run: ({ step, scope, evaluation }) => {
    const expression = step.expressions.get('expression');
    if (expression === undefined) throw StepFailure.permanent('CONFIG_INVALID', 'config.expression is missing');
    return expression.use(scope, evaluation, (value) => ({ output: value ?? null }));
  },
};
