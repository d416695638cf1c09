import type { RunFacts } from '../../engine/index.js';
import type { ClaimedRun } from '../claim/claimed-run.js';

/** `run` of expressions. */
export function runFacts(run: ClaimedRun): RunFacts {
  return {
    id: run.runId,
    workflow_id: run.workflowId,
    workflow_version: run.version,
    correlation_id: run.correlationId,
    tags: run.tags,
    trigger: run.trigger,
    created_at: run.createdAt.toISOString(),
  };
}
