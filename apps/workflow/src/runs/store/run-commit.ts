import type { JobRequest, JournalEntry, RetentionClass, RunStatus } from '@app/contracts';

/** What a run's claim becomes with a commit. */
export type NextClaim =
  /** This replica goes on. */
  | { kind: 'keep' }
  /** Free, and due at `until` (ms since 1970; null = when somebody wakes it). */
  | { kind: 'park'; until: number | null; inDoubt: boolean }
  | { kind: 'finish' };

/** One run's share of a coalesced write. */
export interface RunCommit {
  runId: string;
  userId: string;
  retention: RetentionClass;
  owner: string;
  epoch: number;
  /** Place in the run's journal; used only with entries. */
  seq: number;
  entries: readonly JournalEntry[];
  /** Entries as JSON text; null without any. */
  entriesJson: string | null;
  next: NextClaim;
  /** New status of the run's row; null leaves the row as it is. */
  status: RunStatus | null;
  outputJson: string | null;
  errorJson: string | null;
  startedAt: Date;
  jobs: readonly JobRequest[];
  /** Inbox rows that the entries answer. */
  readInbox: readonly string[];
  /** Jobs that a cancelled run no longer wants. */
  unwantedJobs: readonly string[];
}
