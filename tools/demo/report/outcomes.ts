import { RunStatus } from '@app/contracts';
import type { Receipt } from '../deliveries/deliver.js';
import { isInDoubt, type RunRecord } from '../runs/run-record.js';

/** What became of a posted payload. */
export const Outcome = {
  Completed: 'completed',
  Failed: 'failed',
  Cancelled: 'cancelled',
  InDoubt: 'in doubt',
  /** Still under way when the demonstration stopped waiting. */
  Unfinished: 'unfinished',
  /** The hook did not accept it. */
  Refused: 'refused',
  /** The hook accepted it, and there is no such run. */
  Lost: 'lost',
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** The outcomes that account for a payload: somebody knows what became of it. */
const accounted: readonly Outcome[] = [Outcome.Completed, Outcome.Failed, Outcome.Cancelled, Outcome.InDoubt];

/** A posted payload and what became of it. */
export interface Account {
  receipt: Receipt;
  outcome: Outcome;
  record: RunRecord | undefined;
}

/** Finds for each posted payload its run. */
export function accountFor(receipts: readonly Receipt[], records: readonly RunRecord[]): Account[] {
  const byId = new Map(records.map((record) => [record.run.id, record]));
  return receipts.map((receipt) => {
    const record = receipt.runId === undefined ? undefined : byId.get(receipt.runId);
    return { receipt, outcome: outcomeOf(receipt, record), record };
  });
}

/**
 * Whether each payload has a run of its own that somebody knows the end of, and there is no run beside them.
 * @param runs how many runs the workflow has
 */
export function isEverythingAccountedFor(accounts: readonly Account[], runs: number): boolean {
  const known = new Set(
    accounts.filter(({ outcome }) => accounted.includes(outcome)).map(({ receipt }) => receipt.runId),
  );
  return known.size === accounts.length && runs === known.size;
}

function outcomeOf({ runId }: Receipt, record: RunRecord | undefined): Outcome {
  if (runId === undefined) return Outcome.Refused;
  if (record === undefined) return Outcome.Lost;
  switch (record.run.status) {
    case RunStatus.Completed:
      return Outcome.Completed;
    case RunStatus.Failed:
      return Outcome.Failed;
    case RunStatus.Cancelled:
      return Outcome.Cancelled;
    case RunStatus.Pending:
    case RunStatus.Running:
    case RunStatus.Waiting:
      return isInDoubt(record) ? Outcome.InDoubt : Outcome.Unfinished;
  }
}
