import { newId, type JobRequest, type WaitingJobType } from '@app/contracts';
import { stepKind } from '@app/definition';
import { resolvedConfig } from '../resolved-config.js';
import { assertStorable } from '../storable-json.js';
import type { TransactionalRunner } from '../step-runner.js';

/** Step types whose work is one job of the same name. */
export type JobStepType = Exclude<WaitingJobType, 'external.task'>;

/** A step that asks a worker for a job with its config, and waits for it. */
export function jobStepRunner(type: JobStepType): TransactionalRunner {
  return {
    kind: 'transactional',
    act: async (context) => {
      const config = { ...(await resolvedConfig(context, stepKind(type).config)) } as Record<string, unknown>;
      assertStorable(config, context.bounds);
      const { runId, path, step, now } = context;
      const { timeout_ms } = step.definition;
      const payload = { config, idempotency_key: `${runId}/${path}` };
      const job: JobRequest = { id: newId(), type, path, payload };
      return { job, input: config, ...(timeout_ms !== undefined && { deadline: now + timeout_ms }) };
    },
    collect: (job) => job.result?.data ?? null,
  };
}
