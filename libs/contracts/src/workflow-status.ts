/** Stored state of a workflow: its triggers fire only when it is active; it can be executed by hand in both. */
export const WorkflowStatus = { Inactive: 'inactive', Active: 'active' } as const;
export type WorkflowStatus = (typeof WorkflowStatus)[keyof typeof WorkflowStatus];

/** What starts a workflow by itself. */
export const TriggerType = { Manual: 'manual', Cron: 'cron', Webhook: 'webhook', Event: 'event' } as const;
export type TriggerType = (typeof TriggerType)[keyof typeof TriggerType];

/** What started a run: `run.trigger`. */
export const RunTriggerType = { ...TriggerType, Workflow: 'workflow', Retry: 'retry', Test: 'test' } as const;
export type RunTriggerType = (typeof RunTriggerType)[keyof typeof RunTriggerType];

/** `run.trigger` as it is stored and shown. */
export interface RunTrigger {
  type: RunTriggerType;
  [detail: string]: unknown;
}

/** How long a run's history is kept, in days; 0 = for ever. Each class is a partition of the history tables. */
export const retentionClasses = [1, 7, 30, 90, 365, 0] as const;
export type RetentionClass = (typeof retentionClasses)[number];
export const defaultRetention: RetentionClass = 30;
