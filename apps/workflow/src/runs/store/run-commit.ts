import type { ReferredBlob } from '@app/database';
import type { JobRequest, JournalEntry, RetentionClass, RunStatus } from '@app/contracts';
import type { SlotScope } from '@app/definition';
import type { ChildRequest, EmittedEvent, EventWait, WantedContentChange } from '../../steps/steps.service.js';

/** What a run's claim becomes with a commit. */
export type NextClaim =
  /** This replica goes on. */
  | { kind: 'keep' }
  /** Free, and due at `until` (ms since 1970; null = when somebody wakes it). */
  | { kind: 'park'; until: number | null; inDoubt: boolean }
  | { kind: 'finish' };

/** What steps asked for and no longer want. */
export interface Unwanted {
  jobs: string[];
  children: string[];
  /** All where nobody can tell which there are. */
  eventWaits: string[] | 'all';
}

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
  /** Whether another run waits for this one. */
  isJoined: boolean;
  /** Of a run whose workflow limits its runs, see `ClaimedRun`. */
  slot: SlotScope | undefined;
  /** Whether gateways are told of its end. */
  watched: boolean;
  jobs: readonly JobRequest[];
  /** Whether steps have started runs and waited for them. */
  hasChildren: boolean;
  /** Runs that steps start. */
  children: readonly ChildRequest[];
  /** Events that steps send, and those that they wait for. */
  events: readonly EmittedEvent[];
  eventWaits: readonly EventWait[];
  /** What steps change of content. */
  contentChanges: readonly WantedContentChange[];
  /** Inbox rows that the entries answer. */
  readInbox: readonly string[];
  unwanted: Unwanted;
  /** What the entries, the output and the runs to start refer to in blob storage; few commits have any. */
  blobs: readonly ReferredBlob[];
}
