/** Why an attempt was told to end early. */
export const StopReason = {
  /** Its run was cancelled. */
  Cancelled: 'cancelled',
  /** The worker's time-out has passed. */
  Timeout: 'timeout',
  /** This process ends. */
  Shutdown: 'shutdown',
  /** The job is no longer ours: somebody else may already work at it. */
  Fenced: 'fenced',
} as const;
export type StopReason = (typeof StopReason)[keyof typeof StopReason];
