/** What became of a run that a step of another run started. `refused`: there is no such workflow of the same owner. */
export const ChildStatus = {
  Running: 'running',
  Completed: 'completed',
  Failed: 'failed',
  Cancelled: 'cancelled',
  Refused: 'refused',
} as const;
export type ChildStatus = (typeof ChildStatus)[keyof typeof ChildStatus];
