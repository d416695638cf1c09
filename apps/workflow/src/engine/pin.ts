import type { JournalEntry } from '@app/contracts';
import type { CompiledStep } from '@app/definition';
import { CorruptJournalError } from './corrupt-journal.error.js';
import type { RunState } from './run-state.js';

/** A test of one step: the run's list is this step alone, which sees what was pinned. */
export function pin(state: RunState, { path, outputs, turns }: JournalEntry & { type: 'step.pinned' }): void {
  const root = state.lists.get('');
  const step = root && find(root.steps, path);
  if (root === undefined || step === undefined || state.entries > 0) {
    throw new CorruptJournalError(path, 'it is not a step of the workflow, or the run has begun');
  }
  state.entries += 1;
  root.steps = [step];
  root.turns = turns;
  root.visible = Object.fromEntries(Object.entries(outputs).map(([id, output]) => [id, { output }]));
}

function find(steps: readonly CompiledStep[], id: string): CompiledStep | undefined {
  for (const step of steps) {
    const found = step.id === id ? step : find([...step.lists.values()].flat(), id);
    if (found !== undefined) return found;
  }
  return undefined;
}
