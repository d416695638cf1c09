import type { Pool } from 'pg';
import { expect } from 'vitest';
import type { Ended } from '../direct-runs.js';
import type { Effect } from '../effect-classes.js';
import type { EffectReceiver } from '../effect-receiver.js';

/** What a run has of claims and commits when its process has ended at a place that says so. */
const left: Readonly<Record<string, { isClaimed?: boolean; commits: number }>> = {
  'claim.before#1': { isClaimed: false, commits: 0 },
  'claim.after#1': { isClaimed: true, commits: 0 },
  'queue.before#1': { isClaimed: true, commits: 0 },
  'queue.after#1': { isClaimed: false, commits: 0 },
  'slot.before#1': { isClaimed: false, commits: 0 },
  'slot.after#1': { isClaimed: true, commits: 0 },
  'commit.before#1': { isClaimed: true, commits: 0 },
  'commit.after#1': { commits: 1 },
  'call.before#1': { isClaimed: true, commits: 1 },
  'call.after#1': { isClaimed: true, commits: 1 },
};

/** Each of the runs is where the process that ended at the place must have left it, or it was another place. */
export async function expectLeft(pool: Pool, place: string, runIds: readonly string[]): Promise<void> {
  const expected = left[place];
  if (expected === undefined) return;
  const { rows } = await pool.query<{ isClaimed: boolean; commits: number }>(
    `SELECT EXISTS (SELECT FROM claims WHERE run_id = id AND owner IS NOT NULL) AS "isClaimed",
            (SELECT count(*)::int FROM run_journal WHERE run_id = id) AS commits
     FROM unnest($1::uuid[]) AS id`,
    [runIds],
  );
  expect(rows).toMatchObject(runIds.map(() => expected));
}

/** What must be true of a run that was interrupted, whatever the point; told in words. */
export async function outcomeOf(
  effect: Effect,
  runId: string,
  ended: Ended,
  receiver: EffectReceiver,
  pool: Pool,
): Promise<string> {
  const keys = receiver.keysOf(`/${runId}`);
  if (effect === 'unsafe') {
    expect(keys.length).toBeLessThanOrEqual(1);
    if (ended.inDoubt) return `in doubt, ${keys.length} effect`;
    expect({ ...ended, effects: keys.length }).toMatchObject({ status: 'completed', effects: 1 });
    return 'completed, 1 effect';
  }
  expect(ended).toMatchObject({ status: 'completed', inDoubt: false });
  switch (effect) {
    case 'pure':
      expect(ended.output).toBe(42);
      return 'completed';
    case 'transactional': {
      expect(ended.output).toBe(42);
      const { rows } = await pool.query(`SELECT status FROM workflow_runs WHERE trigger->>'run_id' = $1`, [runId]);
      expect(rows).toEqual([{ status: 'completed' }]);
      return 'completed, 1 run started';
    }
    case 'keyed':
    case 'limited':
      expect(keys.length).toBeGreaterThanOrEqual(1);
      expect(new Set(keys)).toEqual(new Set([`${runId}/x`]));
      return `completed, ${keys.length} calls with one key`;
    case 'verifiable':
      expect(keys).toHaveLength(1);
      return 'completed, 1 effect';
  }
}
