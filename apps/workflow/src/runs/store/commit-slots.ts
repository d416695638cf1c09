import { SlotScope } from '@app/definition';
import type { RunCommit } from './run-commit.js';

/** Whether a run's commit gives a slot up, or leaves it. */
export function hasSlot({ slot, next }: RunCommit): boolean {
  return slot !== undefined && next.kind !== 'keep';
}

/** The parameters of `slotParts`. */
export function slotValues(rows: readonly RunCommit[]): unknown[] {
  const ending = rows.filter(hasSlot);
  const stays = ({ slot, next }: RunCommit): boolean => slot === SlotScope.Run && next.kind === 'park';
  return [
    ending.filter((row) => !stays(row)).map(({ runId }) => runId),
    ending.filter(stays).map(({ runId }) => runId),
  ];
}
