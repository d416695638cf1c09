import { TriggerType, type WorkflowDto, type WorkflowSummaryDto } from '@app/contracts';
import type { Workflow } from '@app/database';

/** @param hookUrl shown only while webhooks are what starts the workflow */
export function toWorkflowSummary(workflow: Workflow, hookUrl: string | undefined): WorkflowSummaryDto {
  return {
    id: workflow.id,
    name: workflow.name,
    description: workflow.description,
    trigger_type: workflow.trigger_type,
    status: workflow.status,
    version: workflow.version,
    revision: workflow.revision,
    ...(hookUrl !== undefined && workflow.trigger_type === TriggerType.Webhook && { hook_url: hookUrl }),
    created_at: workflow.created_at.toISOString(),
    updated_at: workflow.updated_at.toISOString(),
  };
}

export function toWorkflow(workflow: Workflow, hookUrl: string | undefined): WorkflowDto {
  return Object.assign(toWorkflowSummary(workflow, hookUrl), { steps: workflow.steps, config: workflow.config });
}
