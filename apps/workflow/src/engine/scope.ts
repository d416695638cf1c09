import type { Scope } from '@app/definition';
import type { ListState } from './run-state.js';

/** What expressions read about the run and the workflow besides input and steps. */
export interface RunFacts {
  id: string;
  workflow_id: string;
  workflow_version: number;
  correlation_id: string | null;
  tags: readonly string[];
  trigger: unknown;
  created_at: string;
}

/**
 * The data of an expression in this list: steps that are finished, and inside a loop its turn. `loops` are the turns of
 * all loops around, from the outside in.
 */
export function scopeOf(list: ListState, input: unknown, run: RunFacts): Scope {
  const scope = {
    input,
    steps: list.visible,
    run,
    workflow: { id: run.workflow_id, version: run.workflow_version },
  };
  const turn = list.turns.at(-1);
  return turn === undefined ? scope : { ...scope, ...turn, loops: list.turns };
}
