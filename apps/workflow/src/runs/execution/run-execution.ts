import type { JournalEntry } from '@app/contracts';
import type { CompiledDefinition } from '@app/definition';
import {
  apply,
  cancellationEntries,
  cancelled,
  decide,
  newRunState,
  type Action,
  type RunFacts,
  type RunState,
} from '../../engine/index.js';
import type { ClaimedRun } from '../claim/claimed-run.js';
import type { RunHistory } from '../store/run-history.js';
import { RunJournal, type CommitSink } from './run-journal.js';
import type { RunUnderWay, StepPerformer } from './run-under-way.js';

/** What a run is executed with. */
export interface ExecutionServices {
  sink: CommitSink;
  steps: StepPerformer;
  /** ms since 1970. */
  now: () => number;
  /** Whether the lease that a run was claimed under is still held. */
  holds: (owner: string) => boolean;
}

/** How long a replica that lost a run reads answers that are there; far less than it stops before its lease runs out. */
const READING_MS = 500;

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
  private readonly underWay = new Map<string, Promise<void>>();
  /** Steps that wait for something outside: a job, a person. */
  private readonly held = new Set<string>();
  private readonly stop = new AbortController();
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
    this.cancelRequested = run.cancelRequested;
    this.state = newRunState(definition);
    for (const entry of history.entries) apply(this.state, entry);
    this.journal = new RunJournal(services.sink, run, this.state, history);
    this.facts = {
      id: run.runId,
      workflow_id: run.workflowId,
      workflow_version: run.version,
      correlation_id: run.correlationId,
      tags: run.tags,
      trigger: run.trigger,
      created_at: run.createdAt.toISOString(),
    };
  }

  /** Aborts when the run is cancelled or this replica lost it: for every call made on its behalf. */
  get signal(): AbortSignal {
    return this.stop.signal;
  }

  /** Somebody asked to cancel the run: stop what is under way and start nothing more. */
  cancel(): void {
    this.cancelRequested = true;
    this.stop.abort();
  }

  /**
   * This replica lost the right to go on: another one decides what becomes of what is under way. Calls are stopped a
   * moment later: what has been answered already is read first, and told instead of left in doubt.
   */
  lose(): void {
    this.isLost = true;
    setTimeout(() => this.stop.abort(), READING_MS);
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
    for (;;) {
      if (this.failure !== undefined) throw this.failure;
      if (!this.isOurs()) return this.abandon();
      if (this.cancelRequested) return this.endCancelled();
      const decision = decide(this.state, this.services.now(), new Set(this.underWay.keys()), this.held);
      if (decision.kind === 'finish') {
        await this.journal.finish(decision.outcome);
        return 'finished';
      }
      if (decision.kind === 'act' && !this.endRequested) {
        for (const action of decision.actions) this.begin(action);
      } else if (this.underWay.size === 0) {
        return this.giveUp(decision.kind === 'wait' ? decision.until : this.services.now());
      }
      if (this.underWay.size > 0) await Promise.race(this.underWay.values());
    }
  }

  /** Holds a step until something outside happens; it is looked at again at the next claim. */
  hold(path: string, inDoubt: boolean): void {
    this.held.add(path);
    this.inDoubt ||= inDoubt;
  }

  private begin(action: Action): void {
    if (action.do === 'record') {
      this.journal.append(action.entry);
      return;
    }
    const path = action.do === 'start' ? action.path : action.state.path;
    const work = this.services.steps
      .perform(this, action)
      .catch((error: unknown) => (this.failure ??= error instanceof Error ? error : new Error(String(error))))
      .then(() => void this.underWay.delete(path));
    this.underWay.set(path, work);
  }

  private async giveUp(until: number | null): Promise<ExecutionEnd> {
    if (this.endRequested) {
      await this.journal.handBack(this.services.now());
      return 'handed_back';
    }
    await this.journal.park(until, this.inDoubt);
    return 'parked';
  }

  private async endCancelled(): Promise<ExecutionEnd> {
    await Promise.all(this.underWay.values());
    if (this.failure !== undefined) throw this.failure;
    const entries: JournalEntry[] = cancellationEntries(this.state, this.services.now());
    const unwanted = this.journal.openJobs();
    for (const entry of entries) this.journal.append(entry);
    await this.journal.finish(cancelled, unwanted);
    return 'finished';
  }

  /** Whatever is under way was aborted with the lease; another replica goes on from the last commit. */
  private async abandon(): Promise<ExecutionEnd> {
    await Promise.all(this.underWay.values());
    return 'lost';
  }
}
