import { StepStatus, type JournalEntryType } from '@app/contracts';

/** The state of a step that has no entry yet. */
export const NotBegun = 'not_begun';

/**
 * Which entries may follow which state of a step. What is not listed is a corrupt journal or a bug of ours, and is
 * refused before it does harm. A state without entries is final.
 */
export const transitions: Record<StepStatus | typeof NotBegun, readonly JournalEntryType[]> = {
  /** Pure steps complete at once; effects are announced first; containers are entered. */
  [NotBegun]: ['step.started', 'step.completed', 'step.failed', 'step.skipped', 'step.entered', 'step.waiting'],
  /** An effect under way, or a container with a list under way. */
  [StepStatus.Running]: [
    'step.completed',
    'step.failed',
    'step.waiting',
    'step.iterated',
    'step.in_doubt',
    'step.cancelled',
  ],
  /** Parked. A job may end in doubt; a pure step that failed is tried again without an announcement. */
  [StepStatus.Waiting]: [
    'step.started',
    'step.completed',
    'step.failed',
    'step.entered',
    'step.waiting',
    'step.in_doubt',
    'step.cancelled',
  ],
  /** Only a person, a policy or a late observation leads out of it. */
  [StepStatus.InDoubt]: ['step.resolved'],
  [StepStatus.Completed]: [],
  [StepStatus.Failed]: [],
  [StepStatus.Skipped]: [],
  [StepStatus.Cancelled]: [],
};

/** Whether an entry of this type may follow. */
export function isAllowed(from: StepStatus | typeof NotBegun, type: JournalEntryType): boolean {
  return transitions[from].includes(type);
}
