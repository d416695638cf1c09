import type { JournalEntry, Resolution, RunError } from '@app/contracts';
import type { StepState } from '../../engine/index.js';
import { isHeldInDoubt } from './on-failure.js';
import type { RunUnderWay } from './run-under-way.js';

/**
 * Settles a step in doubt by what is known now: what a replica saw of its own call comes first, then what a person
 * said, then the step's `on_in_doubt`. `hold` leaves it in doubt until one of the others happens.
 */
export async function settleDoubt(execution: RunUnderWay, state: StepState, now: number): Promise<void> {
  const { journal, history } = execution;
  const resolve = (
    outcome: Resolution,
    by: string,
    more: { output?: unknown; error?: RunError } = {},
  ): JournalEntry => ({
    type: 'step.resolved',
    path: state.path,
    at: now,
    outcome,
    by,
    ...more,
  });

  const observed = history.observed.get(`${state.path}#${state.attempt}`);
  if (observed !== undefined) {
    const by = 'observation';
    if (observed.type === 'step.completed') journal.append(resolve('succeeded', by, { output: observed.output }));
    else if (observed.retry_at !== undefined) journal.append(resolve('retry', by));
    else journal.append(resolve('failed', by, { error: observed.error }));
    return;
  }
  const answer = history.inbox.find(
    (row) => row.kind === 'resolution' && row.path === state.path && row.attempt === state.attempt,
  );
  if (answer?.kind === 'resolution') {
    const { id, by, outcome, output, error } = answer;
    journal.append(
      resolve(outcome, by, { ...(output !== undefined && { output }), ...(error !== undefined && { error }) }),
      { inboxId: id },
    );
    history.inbox = history.inbox.filter((row) => row !== answer);
    return;
  }
  switch (state.step.onInDoubt) {
    case 'hold':
      execution.hold(state.path, true);
      return;
    case 'retry':
      if (isHeldInDoubt(state.step, state.attempt)) execution.hold(state.path, true);
      else journal.append(resolve('retry', 'on_in_doubt'));
      return;
    case 'fail':
      journal.append(
        resolve('failed', 'on_in_doubt', {
          error: { code: 'IN_DOUBT', message: 'Nobody knows whether the call succeeded.', step_id: state.step.id },
        }),
      );
  }
}
