import {
  RunTriggerType,
  type BlobReference,
  type RetentionClass,
  type RunStatus,
  type RunTrigger,
} from '@app/contracts';
import type { SlotScope } from '@app/definition';

/** A run that this replica may work at until its lease or its epoch is gone. */
export interface ClaimedRun {
  runId: string;
  retention: RetentionClass;
  workflowId: string;
  version: number;
  userId: string;
  owner: string;
  epoch: number;
  cancelRequested: boolean;
  /** Something has come for it since it was parked, or accepted: a signal may be there before the first claim. */
  wasWoken: boolean;
  claimedAt: Date;
  status: RunStatus;
  input: unknown;
  /** Where the input is when it is too large for the row. */
  inputBlob?: BlobReference;
  trigger: RunTrigger;
  correlationId: string | null;
  tags: readonly string[];
  /** How many runs in a row have started one another, this one included; 0 = started by nobody else's run. */
  depth: number;
  /** Somebody waits for its end: gateways are told of it. */
  watched: boolean;
  createdAt: Date;
  /** The workflow limits its runs: what becomes of the run's slot when it is parked. */
  slot?: SlotScope;
}

/** Whether a step of another run waits for this one. */
export function isJoined({ trigger }: Pick<ClaimedRun, 'trigger'>): boolean {
  return trigger.type === RunTriggerType.Workflow && trigger['mode'] === 'joined';
}

/** The first claim of a run: nothing was ever written to its journal. */
export const FIRST_EPOCH = 1;

export interface ClaimRow {
  run_id: string;
  retention: RetentionClass;
  workflow_id: string;
  version: number;
  user_id: string;
  epoch: number;
  cancel_requested: boolean;
  was_woken: boolean;
  claimed_at: Date;
  status: RunStatus;
  input: unknown;
  input_blob: BlobReference | null;
  trigger: RunTrigger;
  correlation_id: string | null;
  tags: string[];
  depth: number;
  watched: boolean;
  created_at: Date;
}

export function claimedRun(row: ClaimRow, owner: string): ClaimedRun {
  return {
    runId: row.run_id,
    retention: row.retention,
    workflowId: row.workflow_id,
    version: row.version,
    userId: row.user_id,
    owner,
    epoch: row.epoch,
    cancelRequested: row.cancel_requested,
    wasWoken: row.was_woken,
    claimedAt: row.claimed_at,
    status: row.status,
    input: row.input,
    ...(row.input_blob !== null && { inputBlob: row.input_blob }),
    trigger: row.trigger,
    correlationId: row.correlation_id,
    tags: row.tags,
    depth: row.depth,
    watched: row.watched,
    createdAt: row.created_at,
  };
}
