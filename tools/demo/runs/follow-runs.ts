import { isFinalRunStatus, type RunDto, type RunStepDto } from '@app/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../platform/api.js';
import { countRuns, endedOf, type RunCounts } from './run-counts.js';
import { isInDoubt } from './run-record.js';

/** What a watcher is told and asks. */
export interface Watch {
  /** How many runs have to end; undefined while more are being started. */
  expected: () => number | undefined;
  onCounts: (counts: RunCounts) => void;
}

const LOOK_EVERY_MS = 250;
/** Without progress for so long, those that are left may be in doubt, which no waiting ends. */
const QUIET_MS = 5_000;
/** Without progress for so long, waiting longer tells nothing new. */
const GIVE_UP_MS = 90_000;

/** Waits until no run will go on by itself: all have ended or are in doubt, or nothing has happened for a long time. */
export async function followRuns(api: Api, workflowId: string, watch: Watch): Promise<void> {
  let before = 0;
  let changedAt = Date.now();
  for (;;) {
    const counts = await countRuns(api, workflowId);
    watch.onCounts(counts);
    const ended = endedOf(counts);
    const expected = watch.expected();
    if (expected !== undefined && ended >= expected) return;
    if (expected === undefined || ended !== before) changedAt = Date.now();
    before = ended;
    const quietMs = Date.now() - changedAt;
    if (quietMs > GIVE_UP_MS) return;
    if (quietMs > QUIET_MS && (await othersAreInDoubt(api, workflowId))) return;
    await sleep(quietMs > QUIET_MS ? 10 * LOOK_EVERY_MS : LOOK_EVERY_MS);
  }
}

async function othersAreInDoubt(api: Api, workflowId: string): Promise<boolean> {
  const runs = await api.all<RunDto>(`/workflows/${workflowId}/runs`);
  for (const run of runs.filter(({ status }) => !isFinalRunStatus(status))) {
    if (!isInDoubt({ run, steps: await api.all<RunStepDto>(`/runs/${run.id}/steps`) })) return false;
  }
  return true;
}
