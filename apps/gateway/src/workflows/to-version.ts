import type { WorkflowVersionDto, WorkflowVersionSummaryDto } from '@app/contracts';
import type { WorkflowVersion } from '@app/database';

export function toVersionSummary(row: WorkflowVersion): WorkflowVersionSummaryDto {
  return {
    workflow_id: row.workflow_id,
    version: row.version,
    name: row.name,
    description: row.description,
    trigger_type: row.trigger_type,
    created_at: row.created_at.toISOString(),
  };
}

export function toVersion(row: WorkflowVersion): WorkflowVersionDto {
  return Object.assign(toVersionSummary(row), { steps: row.steps, config: row.config });
}
