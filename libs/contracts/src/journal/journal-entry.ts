import type { ErrorCode } from '../error-codes.js';
import type { BlobReference } from './blob-reference.js';

/** An error as a run, a step and a job show it. */
export interface RunError {
  code: ErrorCode;
  message: string;
  step_id?: string;
  /** Facts for the next steps, for instance the answer's status and body of a failed http.request. */
  details?: unknown;
}

/** What happens to a step of this class that was found unfinished after a crash (see docs/architecture.md, Effects). */
export const EffectClass = {
  Pure: 'pure',
  Transactional: 'transactional',
  Keyed: 'keyed',
  Verifiable: 'verifiable',
  Unsafe: 'unsafe',
} as const;
export type EffectClass = (typeof EffectClass)[keyof typeof EffectClass];

/** How a person, a probe or a late observation settled a step in doubt. */
export const Resolution = { Succeeded: 'succeeded', Retry: 'retry', Failed: 'failed' } as const;
export type Resolution = (typeof Resolution)[keyof typeof Resolution];

/** What expressions inside a loop read about one turn of it. */
export interface LoopTurn {
  index: number;
  /** Of a loop over items. */
  item?: unknown;
  /** Output of the iteration before; null in the first. */
  previous?: unknown;
}

interface EntryBase {
  /** Where in the run: step ids joined by dots, loops with their index, like `each[3].send`. */
  path: string;
  /** When, in milliseconds since 1970 by the writing replica's clock. */
  at: number;
}

/**
 * One fact of a run's history. The journal is the run: the workflow service folds the entries to go on after a crash,
 * the gateway folds them to show the steps. Entries are only ever added, and old ones are read for ever: a field may be
 * added as optional, anything else is a new type.
 */
export type JournalEntry =
  /** The intent of an effect, committed before the call is made. */
  | (EntryBase & {
      type: 'step.started';
      attempt: number;
      effect: EffectClass;
      input?: unknown;
      /** SHA-256 of the resolved request, hex: a repeated call must be the same call. */
      request_hash?: string;
    })
  /** With `ends` it was a step that ends the run: its output is the run's. */
  | (EntryBase & {
      type: 'step.completed';
      attempt: number;
      started_at: number;
      output?: unknown;
      /** Where the output is when it is too large for the journal: then there is no `output` in what is stored. */
      output_blob?: BlobReference;
      input?: unknown;
      ends?: true;
    })
  /** An attempt failed. With `retry_at` the step is tried again then; with `handled` the run goes on; with `ends` nothing does. */
  | (EntryBase & {
      type: 'step.failed';
      attempt: number;
      started_at: number;
      error: RunError;
      input?: unknown;
      retry_at?: number;
      /** With `retry_at`: whether this call, or one before it, may have taken effect all the same. */
      may_have_happened?: true;
      handled?: boolean;
      ends?: true;
    })
  /** Its `if` was false, or a step before it jumped over it. */
  | (EntryBase & { type: 'step.skipped' })
  /**
   * A container began. `branch`: the label of the list that a choice takes, null for none (also where all lists run, or
   * the list runs for items or in iterations). `items`: what a loop over items goes through.
   */
  | (EntryBase & { type: 'step.entered'; branch: string | null; items?: readonly unknown[] })
  /** An iteration of a loop is over and another one follows, at `again_at` or at once. */
  | (EntryBase & { type: 'step.iterated'; iteration: number; again_at?: number })
  /** Parked: until a time, or until something outside happens, then with the time at which it gives up (`deadline`). */
  | (EntryBase & {
      type: 'step.waiting';
      attempt: number;
      input?: unknown;
      until?: number;
      job_id?: string;
      /** The name of the signal it waits for. */
      signal?: string;
      /** The row of the event that it waits for. */
      event_wait?: string;
      /** The run that it started and waits for. */
      run_id?: string;
      /** When waiting becomes a failure, in ms since 1970. */
      deadline?: number;
    })
  /** The effect may or may not have happened. */
  | (EntryBase & { type: 'step.in_doubt'; attempt: number; reason: string })
  | (EntryBase & {
      type: 'step.resolved';
      outcome: Resolution;
      /** The user who resolved it, or what did: a probe, a late observation, the step's `on_in_doubt`. */
      by: string;
      output?: unknown;
      error?: RunError;
    })
  | (EntryBase & { type: 'step.cancelled' })
  /**
   * The first entry of a test of one step: the run is this step alone, wherever it is in the workflow. Its path is its id.
   * `outputs`: what it sees of earlier steps, by id. `turns`: of the loops around it, from the outside in.
   */
  | (EntryBase & {
      type: 'step.pinned';
      outputs: Readonly<Record<string, unknown>>;
      turns: readonly LoopTurn[];
    });

export type JournalEntryType = JournalEntry['type'];
