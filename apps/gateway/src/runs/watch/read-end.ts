import { finalRunStatuses, type EndedRun, type RunSummaryDto } from '@app/contracts';
import { asStored } from '@app/database';
import type { FinishedRun } from './run-watch.js';

/**
 * What came of a run, as the workflow service says, and as whoever reads the run sees it.
 * @param text a line of `RunProgressed`
 * @returns undefined when it does not say it, or not as a workflow service does: then the run has to be read
 */
export function readEnd(runId: string, text: string | undefined): FinishedRun | undefined {
  if (text === undefined || text === '') return undefined;
  let end: unknown;
  try {
    end = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isEndedRun(end) || end.run.id !== runId) return undefined;
  return { run: end.run, output: asStored(end.output), outputBlob: null };
}

function isEndedRun(value: unknown): value is EndedRun {
  if (typeof value !== 'object' || value === null || !('output' in value) || !('run' in value)) return false;
  return typeof value.run === 'object' && value.run !== null && isSummary(value.run);
}

function isSummary(run: Partial<Record<keyof RunSummaryDto, unknown>>): boolean {
  const texts = [run.id, run.workflow_id, run.completed_at, run.created_at];
  const textsOrNone = [run.correlation_id, run.retry_of, run.started_at];
  return (
    texts.every((text) => typeof text === 'string') &&
    textsOrNone.every((text) => text === null || typeof text === 'string') &&
    Number.isInteger(run.workflow_version) &&
    (finalRunStatuses as readonly unknown[]).includes(run.status) &&
    typeof run.trigger === 'object' &&
    run.trigger !== null &&
    typeof run.error === 'object' &&
    Array.isArray(run.tags)
  );
}
