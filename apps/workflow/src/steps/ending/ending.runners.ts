import { FailConfig, SucceedConfig } from '@app/definition';
import { resolvedConfig } from '../resolved-config.js';
import type { PureRunner } from '../step-runner.js';

/** `fail`: the end of the run, with a message. */
export const failRunner: PureRunner = {
  kind: 'pure',
  run: async (context) => {
    const { message } = await resolvedConfig(context, FailConfig);
    return { end: { error: { code: 'FAILED_BY_STEP', message, step_id: context.step.id } } };
  },
};

/** `succeed`: the end of the run, with an output. */
export const succeedRunner: PureRunner = {
  kind: 'pure',
  run: async (context) => {
    const { output } = await resolvedConfig(context, SucceedConfig);
    return { end: { output: output ?? null } };
  },
};
