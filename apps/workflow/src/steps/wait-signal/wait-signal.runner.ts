import { WaitSignalConfig } from '@app/definition';
import { resolvedConfig } from '../resolved-config.js';
import type { TransactionalRunner } from '../step-runner.js';

/** `wait.signal`: parked until somebody sends the signal, or has sent it before. */
export const waitSignalRunner: TransactionalRunner = {
  kind: 'transactional',
  act: async (context) => {
    const { name, timeout_ms } = await resolvedConfig(context, WaitSignalConfig);
    return { signal: name, ...(timeout_ms !== undefined && { deadline: context.now + timeout_ms }) };
  },
};
