import { SlotScope } from '@app/definition';
import type { RunCommit } from '../run-commit.js';
import type { CommitPart } from './commit-part.js';

/**
 * Slots of runs whose workflows limit them: those that have no more use for theirs, and those that keep it while they wait.
 *
 * Guarantees: a slot is given up exactly when the claim is, by the one who took it; what another one left behind, who may
 * have a call open, stays. It locks no row of another run: whoever lets runs in removes what is marked here.
 */
export const slots: CommitPart = {
  name: 'slots',
  concerns: hasSlot,
  sql: (first) => {
    const isOurs =
      's.run_id = w.run_id AND s.held_until IS NULL AND (s.owner IS NULL OR (s.owner = $1 AND s.epoch = w.epoch))';
    return `,
freed_slots AS (
  UPDATE run_slots s SET freed = true FROM written w WHERE ${isOurs} AND w.run_id = ANY($${first}::uuid[])
),
kept_slots AS (
  UPDATE run_slots s SET owner = NULL FROM written w WHERE ${isOurs} AND w.run_id = ANY($${first + 1}::uuid[])
)`;
  },
  values: (rows) => {
    const ending = rows.filter(hasSlot);
    const stays = ({ slot, next }: RunCommit): boolean => slot === SlotScope.Run && next.kind === 'park';
    return [
      ending.filter((row) => !stays(row)).map(({ runId }) => runId),
      ending.filter(stays).map(({ runId }) => runId),
    ];
  },
};

/** Whether a run's commit gives a slot up, or leaves it. */
export function hasSlot({ slot, next }: RunCommit): boolean {
  return slot !== undefined && next.kind !== 'keep';
}
