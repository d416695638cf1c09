import { RunStatus, retentionClasses, type HandedRun } from '@app/contracts';
import { asStored } from '@app/database';
import { FIRST_EPOCH, type ClaimedRun } from './claimed-run.js';

/**
 * Runs that a gateway accepted in our name, as a claim of ours would have them.
 * @param text what `RunsHanded` has
 * @returns undefined when it is not what a gateway writes
 */
export function readHandedRuns(owner: string, text: string): ClaimedRun[] | undefined {
  let runs: unknown;
  try {
    runs = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(runs) || !runs.every(isHandedRun)) return undefined;
  return runs.map((run) => {
    const acceptedAt = new Date(run.accepted_at);
    return {
      runId: run.run_id,
      retention: run.retention,
      workflowId: run.workflow_id,
      version: run.version,
      userId: run.user_id,
      owner,
      epoch: FIRST_EPOCH,
      cancelRequested: false,
      wasWoken: false,
      claimedAt: acceptedAt,
      status: RunStatus.Pending,
      // Whoever goes on with the run reads them from its row, and must see the same.
      input: asStored(run.input),
      trigger: asStored(run.trigger) as HandedRun['trigger'],
      correlationId: run.correlation_id,
      tags: run.tags,
      depth: run.depth,
      watched: run.watched,
      createdAt: acceptedAt,
    };
  });
}

function isHandedRun(value: unknown): value is HandedRun {
  if (typeof value !== 'object' || value === null) return false;
  const run = value as Partial<Record<keyof HandedRun, unknown>>;
  const texts = [run.run_id, run.workflow_id, run.user_id, run.accepted_at];
  return (
    texts.every((text) => typeof text === 'string') &&
    !Number.isNaN(Date.parse(run.accepted_at as string)) &&
    (retentionClasses as readonly unknown[]).includes(run.retention) &&
    Number.isInteger(run.version) &&
    Number.isInteger(run.depth) &&
    typeof run.watched === 'boolean' &&
    typeof run.trigger === 'object' &&
    run.trigger !== null &&
    (run.correlation_id === null || typeof run.correlation_id === 'string') &&
    Array.isArray(run.tags) &&
    'input' in run
  );
}
