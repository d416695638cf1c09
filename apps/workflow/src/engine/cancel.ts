import { EffectClass, StepStatus, type JournalEntry } from '@app/contracts';
import type { Outcome, RunState } from './run-state.js';

/**
 * The entries that end a cancelled run: what was under way is cancelled, except an unsafe call, of which nobody knows
 * whether it happened. Both are shown.
 */
export function cancellationEntries(state: RunState, now: number): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const { path, status, step, attempt } of state.steps.values()) {
    if (status === StepStatus.Running && step.effect === EffectClass.Unsafe) {
      entries.push({ type: 'step.in_doubt', path, at: now, attempt, reason: 'The run was cancelled during the call.' });
    } else if (status === StepStatus.Running || status === StepStatus.Waiting) {
      entries.push({ type: 'step.cancelled', path, at: now });
    }
  }
  return entries;
}

/** How a cancelled run ends. */
export const cancelled: Outcome = {
  status: 'cancelled',
  output: null,
  error: { code: 'CANCELLED', message: 'The run was cancelled.' },
};
