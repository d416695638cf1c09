import { newId, type JournalEntry } from '@app/contracts';
import type { Pool } from 'pg';
import type { ClaimedRun } from '../../apps/workflow/src/runs/claim/claimed-run.js';
import type { RunCommit } from '../../apps/workflow/src/runs/store/run-commit.js';
import { claimAny } from './claim-any.js';

/** Accepts runs of a workflow that there is none of. */
export async function acceptedRuns(pool: Pool, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await pool.query(
    `WITH run AS (INSERT INTO workflow_runs (id, retention, workflow_id, version, user_id, trigger)
                  SELECT id, 30, $2, 1, $2, '{"type":"manual"}' FROM unnest($1::uuid[]) AS i (id))
     INSERT INTO claims (run_id, retention, workflow_id, version, user_id) SELECT id, 30, $2, 1, $2 FROM unnest($1::uuid[]) AS i (id)`,
    [ids, newId()],
  );
  return ids;
}

/** Accepted runs, claimed by `owner`. */
export async function claimedRuns(pool: Pool, owner: string, count: number): Promise<ClaimedRun[]> {
  const ids = await acceptedRuns(pool, count);
  const runs = (await claimAny(pool, owner, 1_000)).filter(({ runId }) => ids.includes(runId));
  if (runs.length < count) throw new Error(`${runs.length} of ${count} runs were claimed.`);
  return runs;
}

/** The commit of a run that journals one skipped step and goes on, unless `more` says something else. */
export function commitOf(run: ClaimedRun, more: Partial<RunCommit> = {}): RunCommit {
  const entries: JournalEntry[] = more.entries?.slice() ?? [{ type: 'step.skipped', path: 'a', at: 1 }];
  return {
    ...run,
    slot: run.slot,
    blobs: [],
    seq: 1,
    entries,
    entriesJson: JSON.stringify(entries),
    next: { kind: 'keep' },
    status: null,
    outputJson: null,
    errorJson: null,
    startedAt: run.claimedAt,
    isJoined: false,
    watched: false,
    hasChildren: false,
    jobs: [],
    children: [],
    events: [],
    eventWaits: [],
    contentChanges: [],
    readInbox: [],
    unwanted: { jobs: [], children: [], eventWaits: [] },
    ...more,
  };
}
