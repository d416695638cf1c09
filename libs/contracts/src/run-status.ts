/** What a run is doing. `pending`: accepted, nothing durable has happened yet. `waiting`: parked, costs nothing. */
export const RunStatus = {
  Pending: 'pending',
  Running: 'running',
  Waiting: 'waiting',
  Completed: 'completed',
  Failed: 'failed',
  Cancelled: 'cancelled',
} as const;
export type RunStatus = (typeof RunStatus)[keyof typeof RunStatus];

/** The states a run never leaves. */
export const finalRunStatuses = [RunStatus.Completed, RunStatus.Failed, RunStatus.Cancelled] as const;
export type FinalRunStatus = (typeof finalRunStatuses)[number];

/** Whether a run in this state is over. */
export function isFinalRunStatus(status: RunStatus): status is FinalRunStatus {
  return (finalRunStatuses as readonly RunStatus[]).includes(status);
}

/** What a step of a run is doing. `in_doubt`: its effect may or may not have happened, and nobody knows. */
export const StepStatus = {
  Running: 'running',
  Waiting: 'waiting',
  Completed: 'completed',
  Failed: 'failed',
  Skipped: 'skipped',
  Cancelled: 'cancelled',
  InDoubt: 'in_doubt',
} as const;
export type StepStatus = (typeof StepStatus)[keyof typeof StepStatus];
