import type { JobType } from '@app/contracts';

/** A job this process has claimed and nobody else works at, as long as the lease is renewed. */
export interface ClaimedJob {
  id: string;
  type: JobType;
  /** As it is stored: not yet validated. */
  payload: unknown;
  /** Our fencing token: with any other epoch the row takes no write of ours. */
  epoch: number;
  owner: string;
  retries: number;
  /** Null: the worker's configuration decides. */
  maxRetries: number | null;
  runId: string | null;
  userId: string | null;
}
