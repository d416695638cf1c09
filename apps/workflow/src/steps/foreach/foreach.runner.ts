import { StepFailure } from '../step-failure.js';
import { assertStorable } from '../storable-json.js';
import type { PureRunner } from '../step-runner.js';

/** `foreach`: the items are fixed when the step begins and stand in the journal. */
export const foreachRunner: PureRunner = {
  kind: 'pure',
  run: async ({ step, scope, evaluation, bounds }) => {
    const items = await step.expressions.get('items')?.evaluate(scope, evaluation);
    // JSONata gives a single item for a list of one, and nothing for an empty one.
    const list: unknown[] = Array.isArray(items) ? items : items === undefined ? [] : [items];
    if (list.length > bounds.maxItems) {
      throw StepFailure.permanent(
        'ITEMS_INVALID',
        `config.items gives ${list.length} items: at most ${bounds.maxItems} are allowed (WORKFLOW_MAX_ITEMS)`,
      );
    }
    assertStorable(list, bounds);
    return { items: list };
  },
};
