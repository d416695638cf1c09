import { conflict, notFound, StepStatus, stepViews, type JournalEntry } from '@app/contracts';

/**
 * Which attempt of a step is in doubt.
 * @param entries all of the step
 * @throws AppError NOT_FOUND, CONFLICT when it is not in doubt
 */
export function doubtfulAttempt(entries: readonly JournalEntry[]): number {
  const [step] = stepViews(entries);
  if (step === undefined) throw notFound('step');
  if (step.status !== StepStatus.InDoubt) throw conflict(`The step is not in doubt: it is ${step.status}.`);
  return step.attempt;
}
