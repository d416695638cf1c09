import { DelayConfig } from '@app/definition';
import { resolvedConfig } from '../resolved-config.js';
import type { TransactionalRunner } from '../step-runner.js';

/** `delay`: parked until a time. The time is fixed when the step begins, so that a restart does not begin it anew. */
export const delayRunner: TransactionalRunner = {
  kind: 'transactional',
  act: async (context) => {
    const { for_ms, until } = await resolvedConfig(context, DelayConfig);
    return { until: until === undefined ? context.now + (for_ms ?? 0) : Date.parse(until) };
  },
};
