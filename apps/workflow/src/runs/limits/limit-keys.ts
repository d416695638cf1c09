import type { CompiledLimits, LazyExpression } from '@app/definition';
import { RunStatus } from '@app/contracts';
import { createHash } from 'node:crypto';
import type { ClaimedRun } from '../claim/claimed-run.js';
import { runFacts } from '../execution/run-facts.js';

/** With whom a run is counted. */
export interface LimitKeys {
  /** '' when it needs no slot. */
  slotKey: string;
  /** '' when its start does not count: there is no rate, or it has begun. */
  rateKey: string;
}

/**
 * Evaluates the keys of a run.
 * @throws ExpressionError
 */
export async function limitKeys(run: ClaimedRun, { concurrency, rate }: CompiledLimits): Promise<LimitKeys> {
  return {
    slotKey: concurrency === undefined ? '' : await keyOf(run, concurrency.key),
    rateKey: rate === undefined || hasBegun(run) ? '' : await keyOf(run, rate.key),
  };
}

/** A run whose first commit was written has been let in before. */
export function hasBegun({ status }: ClaimedRun): boolean {
  return status !== RunStatus.Pending;
}

/** A hash: the value may be long, and personal. */
async function keyOf(run: ClaimedRun, key: LazyExpression | undefined): Promise<string> {
  if (key === undefined) return 'all';
  const evaluation = { nowMs: run.createdAt.getTime(), seed: `${run.runId}/limits` };
  const value = await key.evaluate({ input: run.input, run: runFacts(run) }, evaluation);
  return createHash('sha256')
    .update(JSON.stringify(value ?? null))
    .digest('base64url');
}
