import type { StopStep } from '../processes/stop-process.js';

/** Fast shutdown (sessions are ended, a checkpoint is written), then immediate (recovery at the next start). */
export const POSTGRES_STOP: readonly StopStep[] = [
  { signal: 'SIGINT', waitMs: 3_000 },
  { signal: 'SIGQUIT', waitMs: 1_000 },
  { signal: 'SIGKILL', waitMs: 1_000 },
];
