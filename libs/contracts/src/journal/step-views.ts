import { StepStatus } from '../run-status.js';
import type { BlobReference } from './blob-reference.js';
import type { JournalEntry, RunError } from './journal-entry.js';

/** A step of a run as its journal tells it. Times in milliseconds since 1970. */
export interface StepView {
  path: string;
  step_id: string;
  status: StepStatus;
  attempt: number;
  input: unknown;
  output: unknown;
  /** Where the output is when the journal has only a reference to it. */
  output_blob?: BlobReference;
  error: RunError | null;
  started_at: number | null;
  completed_at: number | null;
}

/** The id of the step at a path: `each[3].send` → `send`, `each[3]` → `each`. */
export function stepIdOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).replace(/\[\d+\]$/, '');
}

/**
 * Folds a run's journal into its steps, in the order in which they began.
 * @param entries all entries of the run, oldest first
 */
export function stepViews(entries: Iterable<JournalEntry>): StepView[] {
  const steps = new Map<string, StepView>();
  for (const entry of entries) {
    if (entry.type === 'step.pinned') continue;
    const known = steps.get(entry.path) ?? emptyView(entry.path);
    steps.set(entry.path, { ...known, ...changes(known, entry) });
  }
  return [...steps.values()];
}

function emptyView(path: string): StepView {
  return {
    path,
    step_id: stepIdOf(path),
    status: StepStatus.Running,
    attempt: 1,
    input: null,
    output: null,
    error: null,
    started_at: null,
    completed_at: null,
  };
}

function changes(step: StepView, entry: Exclude<JournalEntry, { type: 'step.pinned' }>): Partial<StepView> {
  const input = 'input' in entry && entry.input !== undefined ? { input: entry.input } : {};
  const startedAt = step.started_at ?? ('started_at' in entry ? entry.started_at : entry.at);
  switch (entry.type) {
    case 'step.started':
      return { ...input, status: StepStatus.Running, attempt: entry.attempt, started_at: startedAt, error: null };
    case 'step.entered':
      return {
        status: StepStatus.Running,
        started_at: startedAt,
        ...(entry.items !== undefined && { input: { items: entry.items } }),
      };
    case 'step.iterated':
      return { status: StepStatus.Running };
    case 'step.waiting':
      return { ...input, status: StepStatus.Waiting, attempt: entry.attempt, started_at: startedAt };
    case 'step.completed':
      return {
        ...input,
        status: StepStatus.Completed,
        attempt: entry.attempt,
        output: entry.output ?? null,
        ...(entry.output_blob !== undefined && { output_blob: entry.output_blob }),
        error: null,
        started_at: startedAt,
        completed_at: entry.at,
      };
    case 'step.failed':
      return {
        ...input,
        status: entry.retry_at === undefined ? StepStatus.Failed : StepStatus.Waiting,
        attempt: entry.attempt,
        error: entry.error,
        started_at: startedAt,
        completed_at: entry.retry_at === undefined ? entry.at : null,
      };
    case 'step.skipped':
      return { status: StepStatus.Skipped, completed_at: entry.at };
    case 'step.cancelled':
      return { status: StepStatus.Cancelled, completed_at: entry.at };
    case 'step.in_doubt':
      return { status: StepStatus.InDoubt, attempt: entry.attempt };
    case 'step.resolved':
      return resolved(step, entry);
  }
}

function resolved(step: StepView, entry: JournalEntry & { type: 'step.resolved' }): Partial<StepView> {
  switch (entry.outcome) {
    case 'succeeded':
      return { status: StepStatus.Completed, output: entry.output ?? null, error: null, completed_at: entry.at };
    case 'failed':
      return { status: StepStatus.Failed, error: entry.error ?? step.error, completed_at: entry.at };
    case 'retry':
      return { status: StepStatus.Waiting };
  }
}
