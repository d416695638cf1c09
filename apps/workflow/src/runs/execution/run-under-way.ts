import type { Bounds } from '@app/definition';
import type { Action, RunFacts, RunState } from '../../engine/index.js';
import type { ClaimedRun } from '../claim/claimed-run.js';
import type { RunHistory } from '../store/run-history.js';
import type { LargeValues } from './large-values.js';
import type { RunJournal } from './run-journal.js';

/** A run as the steps that are executed for it see it. */
export interface RunUnderWay {
  readonly run: ClaimedRun;
  readonly state: RunState;
  readonly history: RunHistory;
  readonly journal: RunJournal;
  readonly facts: RunFacts;
  readonly bounds: Bounds;
  readonly values: LargeValues;
  /** Aborts when the run or this step of it is cancelled, or this replica lost the run: for every call made for it. */
  signalOf(path: string): AbortSignal;
  /** Whether this replica has the right to go on at this moment: asked before each call. */
  isOurs(): boolean;
  /** Leaves a step waiting for something outside; it is looked at again at the next claim. */
  hold(path: string, inDoubt: boolean): void;
  /** Leaves a step that is to be recovered alone until a time, in ms since 1970. */
  postpone(path: string, until: number): void;
}

/** What the engine decided about one step, apart from mere entries and stopping. */
export type StepAction = Exclude<Action, { do: 'record' } | { do: 'abort' }>;

/** Does what the engine decided about one step. */
export interface StepPerformer {
  /**
   * Resolves when the journal knows what came of it; undefined when it does already, as of most pure steps. Fails only
   * when the journal cannot be written.
   */
  perform(run: RunUnderWay, action: StepAction): Promise<void> | undefined;
}
