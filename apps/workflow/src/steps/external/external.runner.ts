import { newId } from '@app/contracts';
import { ExternalConfig } from '@app/definition';
import { resolvedConfig } from '../resolved-config.js';
import { assertStorable } from '../storable-json.js';
import type { TransactionalRunner } from '../step-runner.js';

/** `external`: writes a task that a program of the user's own takes, and waits for it. */
export const externalRunner: TransactionalRunner = {
  kind: 'transactional',
  act: async (context) => {
    const { queue, input = null } = await resolvedConfig(context, ExternalConfig);
    assertStorable(input, context.bounds);
    const { runId, path, attempt, step, now } = context;
    const { timeout_ms, effect } = step.definition;
    const payload = {
      queue,
      input,
      effect: effect ?? ('unsafe' as const),
      idempotency_key: `${runId}/${path}`,
      step: { run_id: runId, path, attempt },
    };
    return {
      job: { id: newId(), type: 'external.task', path, payload },
      input: { queue, input },
      ...(timeout_ms !== undefined && { deadline: now + timeout_ms }),
    };
  },
  collect: (job) => job.result?.data ?? null,
};
