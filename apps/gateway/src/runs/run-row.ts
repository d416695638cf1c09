import type { BlobReference, RunDto, RunError, RunStatus, RunSummaryDto, RunTrigger } from '@app/contracts';

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

export interface WholeRunRow extends RunRow {
  input: unknown;
  output: unknown;
  /** Where they are when they are too large for the row. */
  input_blob: BlobReference | null;
  output_blob: BlobReference | null;
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

/** @param row with its values, the large ones too */
export function toRun(row: Pick<WholeRunRow, 'input' | 'output'> & RunRow): RunDto {
  return Object.assign(toRunSummary(row), { input: row.input, output: row.output });
}
