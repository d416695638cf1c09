import { EffectClass, StepStatus, type JournalEntry, type RunError } from '@app/contracts';
import type { Outcome, RunState, StepState } from './run-state.js';

/** What ends the steps under way of a run, or of one container of it, before their time. */
export interface Halt {
  /** Paths of steps that this process is at: to be stopped first, since they may still come to something. */
  abort: string[];
  /** What becomes of the others. */
  entries: JournalEntry[];
}

/**
 * Ends what is under way below a path; '' for the whole run. A call that was announced and is unsafe stays in doubt:
 * nobody knows whether it happened. Everything else is cancelled.
 */
export function halt(state: RunState, below: string, underWay: ReadonlySet<string>, now: number, why: string): Halt {
  const abort: string[] = [];
  const entries: JournalEntry[] = [];
  for (const step of state.steps.values()) {
    if (!isBelow(step.path, below) || !isUnderWay(step)) continue;
    if (underWay.has(step.path)) abort.push(step.path);
    else entries.push(endOf(step, now, why));
  }
  // Steps that are being computed have no entry yet.
  for (const path of underWay) if (!state.steps.has(path) && isBelow(path, below)) abort.push(path);
  // Inner ones first: a container takes its lists along.
  return { abort, entries: entries.toReversed() };
}

function isBelow(path: string, below: string): boolean {
  if (below === '') return true;
  return path.startsWith(below) && (path[below.length] === '.' || path[below.length] === '[');
}

function isUnderWay({ status }: StepState): boolean {
  return status === StepStatus.Running || status === StepStatus.Waiting;
}

function endOf({ path, status, step, attempt, nest }: StepState, at: number, why: string): JournalEntry {
  const isCall = status === StepStatus.Running && nest === undefined;
  const isDoubtful = isCall && (step.effect === EffectClass.Unsafe || step.effect === EffectClass.Verifiable);
  if (!isDoubtful) return { type: 'step.cancelled', path, at };
  return { type: 'step.in_doubt', path, at, attempt, reason: `${why} during the call.` };
}

/** How a cancelled run ends. */
export const cancelled: Outcome = ended('cancelled', { code: 'CANCELLED', message: 'The run was cancelled.' });

/** How a run ends whose time is up. */
export const timedOut: Outcome = ended('failed', { code: 'TIMEOUT', message: 'The time of the run is up.' });

/** How a run ends that would write more than its history may hold. */
export function journalFull(limit: number): Outcome {
  return ended('failed', {
    code: 'JOURNAL_FULL',
    message: `The journal of a run holds at most ${limit} entries (ENGINE_MAX_JOURNAL_ENTRIES): use sub-workflows.`,
  });
}

function ended(status: 'cancelled' | 'failed', error: RunError): Outcome {
  return { status, output: null, error };
}
