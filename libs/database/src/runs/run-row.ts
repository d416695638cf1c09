import type { RunError, RunStatus, RunSummaryDto, RunTrigger } from '@app/contracts';

/** What every view of a run shows. */
export const runColumns = `id, workflow_id, version, status, trigger, error, tags, correlation_id, retry_of,
  started_at, completed_at, created_at`;

/** A run as `runColumns` reads it. */
export interface RunRow {
  id: string;
  workflow_id: string;
  version: number;
  status: RunStatus;
  trigger: RunTrigger;
  error: RunError | null;
  tags: string[];
  correlation_id: string | null;
  retry_of: string | null;
  started_at: Date | null;
  completed_at: Date | null;
  created_at: Date;
}

export function toRunSummary(row: RunRow): RunSummaryDto {
  return {
    id: row.id,
    workflow_id: row.workflow_id,
    workflow_version: row.version,
    status: row.status,
    trigger: row.trigger,
    error: row.error,
    tags: row.tags,
    correlation_id: row.correlation_id,
    retry_of: row.retry_of,
    started_at: row.started_at?.toISOString() ?? null,
    completed_at: row.completed_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}
