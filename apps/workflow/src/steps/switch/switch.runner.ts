import { caseBranch, ELSE_BRANCH } from '@app/definition';
import { isTrue } from '../is-true.js';
import type { PureRunner } from '../step-runner.js';

/** `switch`: enters the list of the first case that is true, else that of `else`, else none. */
export const switchRunner: PureRunner = {
  kind: 'pure',
  run: async ({ step, scope, evaluation }) => {
    const { expressions, lists } = step;
    for (let i = 0; lists.has(caseBranch(i)); i++) {
      const condition = expressions.get(`${caseBranch(i)}.if`);
      if (condition !== undefined && isTrue(await condition.evaluate(scope, evaluation)))
        return { branch: caseBranch(i) };
    }
    return { branch: lists.has(ELSE_BRANCH) ? ELSE_BRANCH : null };
  },
};
