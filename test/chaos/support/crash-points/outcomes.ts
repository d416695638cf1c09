import type { Pool } from 'pg';
import { expect } from 'vitest';
import type { Ended } from '../direct-runs.js';
import type { Effect } from '../effect-classes.js';
import type { EffectReceiver } from '../effect-receiver.js';

/** What a run has when its process is gone. What is left out may be one way or the other. */
interface Left {
  isClaimed?: boolean;
  commits?: number;
  /** How often its receiver was called. */
  calls?: number;
  /** Of the run that it started: whether that is over, and whether it was told. */
  child?: 'running' | 'over' | 'told' | null;
}

/** Classes of effects, and runs that wish something besides: they make no calls. */
export type Kind = Effect | 'event.emit' | 'content.update' | 'on_failure';

const accepted: Left = { isClaimed: false, commits: 0, calls: 0, child: null };
const claimed: Left = { ...accepted, isClaimed: true };
const announced: Left = { ...claimed, commits: 1 };
const over: Left = { ...accepted, commits: 1 };
const called: Left = { ...announced, calls: 1 };
/** Parked, until the run that it started is over. */
const waiting: Left = { ...accepted, commits: 1, child: 'running' };

/** Of each kind at a place; `all` is what those have that are not named. */
const left: Readonly<Record<string, { all?: Left } & Readonly<Partial<Record<Kind, Left>>>>> = {
  'claim.before#1': { all: accepted },
  'claim.after#1': { all: claimed },
  'queue.before#1': { limited: claimed },
  'queue.after#1': { limited: accepted },
  'slot.before#1': { limited: accepted },
  'slot.after#1': { limited: claimed },
  'commit.before#1': { all: claimed },
  'commit.after#1': { all: announced, pure: over, transactional: waiting, on_failure: over },
  // Its second commit is that of the run that it started, of which it may be told as soon as that is there.
  'commit.before#2': {
    all: called,
    transactional: waiting,
    'event.emit': announced,
    'content.update': announced,
    on_failure: over,
  },
  'commit.after#2': {
    all: { ...over, commits: 2, calls: 1 },
    transactional: { commits: 1 },
    'event.emit': over,
    // Between its two commits it reads what came of the first: the run that follows from that may have its own meanwhile.
    'content.update': {},
    on_failure: over,
  },
  'commit.before#3': { transactional: { ...announced, child: 'told' } },
  'commit.after#3': { transactional: { isClaimed: false, commits: 2 } },
  'call.before#1': { all: announced },
  'call.after#1': { all: called },
  'deliver.before#1': { transactional: { ...waiting, child: 'over' } },
  'deliver.after#1': { transactional: { commits: 1, child: 'told' } },
};

/** Each of the runs is where the process that ended at the place must have left it, or it was another place. */
export async function expectLeft(
  pool: Pool,
  receiver: EffectReceiver,
  place: string,
  runs: readonly (readonly [Kind, string])[],
): Promise<void> {
  const at = left[place];
  if (at === undefined) return;
  const ids = runs.map(([, id]) => id);
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id, EXISTS (SELECT FROM claims WHERE run_id = id AND owner IS NOT NULL) AS "isClaimed",
            (SELECT count(*)::int FROM run_journal WHERE run_id = id) AS commits,
            (SELECT CASE WHEN delivered_at IS NOT NULL THEN 'told' WHEN status = 'running' THEN status ELSE 'over' END
             FROM child_runs WHERE parent_id = id) AS child
     FROM unnest($1::uuid[]) AS id`,
    [ids],
  );
  const found = rows.map((row) => ({ ...row, calls: receiver.keysOf(`/${row.id}`).length }));
  expect(found).toMatchObject(runs.map(([kind, id]) => ({ id, ...(at[kind] ?? at.all) })));
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
