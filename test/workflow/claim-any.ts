import type { Pool } from 'pg';
import { claimRuns } from '../../apps/workflow/src/runs/claim/claim-runs.js';
import type { ClaimedRun } from '../../apps/workflow/src/runs/claim/claimed-run.js';

/** Claims up to so many due runs, whoever they belong to. */
export async function claimAny(pool: Pool, owner: string, most: number): Promise<ClaimedRun[]> {
  const room = { most, ofOthers: most, ofHeld: new Map(), isTight: false };
  return (await claimRuns(pool, owner, room)).runs;
}
