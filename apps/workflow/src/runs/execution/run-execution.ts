import { RunTriggerType, type JournalEntry } from '@app/contracts';
import type { Bounds, CompiledDefinition } from '@app/definition';
import {
  apply,
  decide,
  failureEntry,
  newRunState,
  type Action,
  type RunFacts,
  type RunState,
  type StepState,
} from '../../engine/index.js';
import { StepFailure, storableJson } from '../../steps/steps.service.js';
import type { ClaimedRun } from '../claim/claimed-run.js';
import type { Outside, RunHistory } from '../store/run-history.js';
import { referenceOf } from '../store/whole-history.js';
import { LargeValues, type ValueStore } from './large-values.js';
import { runFacts } from './run-facts.js';
import { RunJournal, type CommitSink } from './run-journal.js';
import type { RunUnderWay, StepPerformer } from './run-under-way.js';

/** What a run is executed with. */
export interface ExecutionServices {
  sink: CommitSink;
  steps: StepPerformer;
  values: ValueStore;
  /** ms since 1970. */
  now: () => number;
  /** Whether the lease that a run was claimed under is still held. */
  holds: (owner: string) => boolean;
  /** Lets everything else of the process have its turn. */
  breathe: () => Promise<void>;
  /** Most entries of a journal. */
  maxEntries: number;
  bounds: Bounds;
}

/** How long a replica that lost a run reads answers that are there; far less than it stops before its lease runs out. */
const READING_MS = 500;

/** Longest time that one timer of Node.js takes, in ms. */
const LONGEST_PAUSE_MS = 2_147_483_647;

/** Turns after which others have theirs: a loop of pure steps would keep the process to itself. */
const TURNS = 25;

/** Entries of pure steps that are written although nothing asks for it, so that a long loop does not begin anew. */
const BACKLOG = 1_000;

type CompletedEntry = JournalEntry & { type: 'step.completed' };

/** Why an execution ended. */
export type ExecutionEnd = 'finished' | 'parked' | 'handed_back' | 'lost';

/**
 * Executes one claimed run until it is finished, parked, handed back or lost. Asks the engine what is next, does it,
 * and tells the journal.
 */
export class RunExecution implements RunUnderWay {
  readonly state: RunState;
  readonly journal: RunJournal;
  readonly facts: RunFacts;
  readonly bounds: Bounds;
  readonly values: LargeValues;
  private readonly underWay = new Set<string>();
  private readonly stops = new Map<string, AbortController>();
  /** Steps that wait for something outside which has not happened yet: a job, a signal, a run, a person. */
  private readonly held = new Set<string>();
  /** Steps to be recovered that must not be called yet, with the time, in ms since 1970. */
  private readonly postponed = new Map<string, number>();
  /** Makes the loop look again although nothing of what is under way has ended. */
  private nudge: () => void = () => undefined;
  private isLost = false;
  private failure: Error | undefined;
  private cancelRequested: boolean;
  private endRequested = false;
  private inDoubt = false;

  constructor(
    readonly run: ClaimedRun,
    definition: CompiledDefinition,
    readonly history: RunHistory,
    private readonly services: ExecutionServices,
  ) {
    this.bounds = services.bounds;
    this.cancelRequested = run.cancelRequested;
    this.state = newRunState(definition, run.createdAt.getTime());
    for (const entry of history.entries) apply(this.state, entry);
    this.values = valuesOf(services.values, run, history);
    // Whoever tests a step sees how it ends: nothing else is to follow from that.
    const onFailure = run.trigger.type === RunTriggerType.Test ? undefined : definition.onFailure;
    this.journal = new RunJournal(services.sink, run, this.state, history, this.values, { ...this.bounds, onFailure });
    this.facts = runFacts(run);
  }

  /** Aborts when the run or this step is cancelled, or this replica lost the run: for every call made on its behalf. */
  signalOf(path: string): AbortSignal {
    return this.stopOf(path).signal;
  }

  /** Somebody asked to cancel the run: stop what is under way and start nothing more. */
  cancel(): void {
    this.cancelRequested = true;
    this.stopAll();
    this.nudge();
  }

  /**
   * This replica lost the right to go on: another one decides what becomes of what is under way. Calls are stopped a
   * moment later: what has been answered already is read first, and told instead of left in doubt.
   */
  lose(): void {
    this.isLost = true;
    setTimeout(() => this.stopAll(), READING_MS);
    this.nudge();
  }

  /** Something outside has happened: what the run waited for may be there. */
  refresh({ inbox, jobs, children }: Outside): void {
    const unread = inbox.filter(({ id }) => !this.journal.hasRead(id));
    Object.assign(this.history, { inbox: unread, jobs, children });
    this.held.clear();
    this.inDoubt = false;
    this.nudge();
  }

  isOurs(): boolean {
    return !this.isLost && this.services.holds(this.run.owner);
  }

  /** This process is about to end: finish what is under way and give the rest back. */
  handBack(): void {
    this.endRequested = true;
  }

  /** @throws FencedError when the run has another owner, or whatever keeps the journal from being written */
  async execute(): Promise<ExecutionEnd> {
    for (let turns = 1; ; turns += 1) {
      if (turns % TURNS === 0) await this.services.breathe();
      if (this.failure !== undefined) throw this.failure;
      if (!this.isOurs()) return this.abandon();
      if (this.journal.backlog >= BACKLOG) await this.journal.commit();
      const decision = decide(this.state, this.services.now(), this.view());
      if (decision.kind === 'finish') {
        await this.journal.finish(decision.outcome);
        return 'finished';
      }
      if (decision.kind === 'act' && (!this.endRequested || this.cancelRequested)) {
        for (const action of decision.actions) this.begin(action);
        if (decision.actions.every(isAbort)) await this.somethingNew(null);
        continue;
      }
      const until = decision.kind === 'wait' ? decision.until : null;
      if (this.underWay.size === 0) return this.giveUp(until);
      await this.somethingNew(until);
    }
  }

  /** Holds a step until something outside happens; it is looked at again at the next claim. */
  hold(path: string, inDoubt: boolean): void {
    this.held.add(path);
    this.inDoubt ||= inDoubt;
  }

  postpone(path: string, until: number): void {
    this.postponed.set(path, until);
  }

  private view(): Parameters<typeof decide>[2] {
    return {
      underWay: this.underWay,
      held: this.held,
      postponed: this.postponed,
      isCancelled: this.cancelRequested,
      maxEntries: this.services.maxEntries,
    };
  }

  private begin(action: Action): void {
    if (action.do === 'record') {
      this.record(action.entry);
      return;
    }
    if (action.do === 'abort') {
      this.stopOf(action.path).abort();
      return;
    }
    const path = action.do === 'start' ? action.path : action.state.path;
    try {
      const doing = this.services.steps.perform(this, action);
      if (doing === undefined) return;
      this.underWay.add(path);
      void this.follow(path, doing);
    } catch (error) {
      this.fail(error);
    }
  }

  private async follow(path: string, doing: Promise<void>): Promise<void> {
    try {
      await doing;
    } catch (error) {
      this.fail(error);
    }
    this.underWay.delete(path);
    this.stops.delete(path);
    this.nudge();
  }

  private fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
  }

  /** The output of a container may be larger than the outputs it is made of. */
  private record(entry: JournalEntry): void {
    const step = this.state.steps.get(entry.path);
    if (entry.type !== 'step.completed' || step?.nest === undefined) return this.journal.append(entry);
    try {
      const json = storableJson(entry.output, this.bounds);
      if (this.values.isLarge(json)) void this.keepAndRecord(step, entry, json);
      else this.journal.append(entry);
    } catch (error) {
      this.recordFailure(step, error, entry.at);
    }
  }

  /** The container is under way while its output is kept, so that nothing else is decided about it. */
  private async keepAndRecord(step: StepState, entry: CompletedEntry, json: string): Promise<void> {
    this.underWay.add(step.path);
    try {
      const output_blob = await this.values.keep(json);
      this.journal.append({ ...entry, ...(output_blob !== undefined && { output_blob }) });
    } catch (error) {
      this.recordFailure(step, error, entry.at);
    }
    this.underWay.delete(step.path);
    this.nudge();
  }

  private recordFailure(step: StepState, error: unknown, at: number): void {
    if (error instanceof StepFailure) {
      this.journal.append(failureEntry(step, { error: error.error, retryable: false }, at, ''));
    } else this.fail(error);
  }

  /** Resolves when something under way has ended, something outside has happened, or at a time. */
  private async somethingNew(until: number | null): Promise<void> {
    const nudged = new Promise<void>((resolve) => (this.nudge = resolve));
    const pauseMs = until === null ? 0 : Math.min(Math.max(0, until - this.services.now()), LONGEST_PAUSE_MS);
    const timer = until === null ? undefined : setTimeout(() => this.nudge(), pauseMs);
    await nudged;
    clearTimeout(timer);
  }

  private stopOf(path: string): AbortController {
    const known = this.stops.get(path);
    if (known !== undefined) return known;
    const stop = new AbortController();
    this.stops.set(path, stop);
    return stop;
  }

  private stopAll(): void {
    for (const path of this.underWay) this.stopOf(path).abort();
  }

  private async giveUp(until: number | null): Promise<ExecutionEnd> {
    if (this.endRequested) {
      await this.journal.handBack(this.services.now());
      return 'handed_back';
    }
    await this.journal.park(until, this.inDoubt);
    return 'parked';
  }

  /** Whatever is under way was aborted with the lease; another replica goes on from the last commit. */
  private async abandon(): Promise<ExecutionEnd> {
    while (this.underWay.size > 0) await this.somethingNew(null);
    return 'lost';
  }
}

/** The values that the run refers to already. */
function valuesOf(store: ValueStore, run: ClaimedRun, { entries }: RunHistory): LargeValues {
  const values = new LargeValues(store, run);
  const references = [run.inputBlob, ...entries.map(referenceOf)];
  for (const reference of references) if (reference !== undefined) values.know(reference);
  return values;
}

function isAbort(action: Action): boolean {
  return action.do === 'abort';
}
