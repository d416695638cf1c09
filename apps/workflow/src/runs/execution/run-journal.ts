import { RunStatus, RunTrouble, StepStatus, type JobRequest, type JournalEntry } from '@app/contracts';
import type { ChildRequest, EmittedEvent, EventWait, Wish } from '../../steps/steps.service.js';
import { apply, type Outcome, type RunState } from '../../engine/index.js';
import { isJoined, type ClaimedRun } from '../claim/claimed-run.js';
import type { NextClaim, RunCommit, Unwanted } from '../store/run-commit.js';
import { FencedError } from '../store/fenced.error.js';
import type { ObservedOutcome, RunHistory } from '../store/run-history.js';
import { UnwrittenError } from '../store/unwritten.error.js';
import { isHeldInDoubt, wishesOf, type Following, type Trouble } from './on-failure.js';

type DoubtEntry = Extract<JournalEntry, { type: 'step.in_doubt' }>;

/** Writes a run's commits; RunWriter is the real one. */
export interface CommitSink {
  commit(commit: RunCommit): Promise<void>;
}

function nothingUnwanted(): Unwanted & { eventWaits: string[] } {
  return { jobs: [], children: [], eventWaits: [] };
}

/**
 * The journal of one run while this replica holds it: entries are taken into the state at once and written with the
 * next commit. Pure steps need no commit of their own.
 */
export class RunJournal {
  private pending: JournalEntry[] = [];
  private jobs: JobRequest[] = [];
  private children: ChildRequest[] = [];
  private events: EmittedEvent[] = [];
  private eventWaits: EventWait[] = [];
  private readInbox: string[] = [];
  private readonly everRead = new Set<string>();
  /** What steps asked for that were ended before it was over. */
  private unwanted = nothingUnwanted();
  /** Steps whose calls may have been made since the run was claimed. */
  private readonly calls = new Set<string>();
  private hasChildren: boolean;
  private nextSeq: number;
  /** Status of the run's row as far as we wrote it. */
  private written: RunStatus;
  private committing: Promise<void> = Promise.resolve();

  constructor(
    private readonly sink: CommitSink,
    private readonly run: ClaimedRun,
    private readonly state: RunState,
    history: RunHistory,
    private readonly following: Following,
  ) {
    this.nextSeq = history.nextSeq;
    this.hasChildren = history.children.size > 0;
    this.written = run.status;
  }

  /** Takes a fact into the state; it is durable after the next commit. */
  append(entry: JournalEntry, wish: Wish & { inboxId?: string } = {}): void {
    this.giveUp(entry);
    if (entry.type === 'step.in_doubt') this.tellDoubt(entry);
    apply(this.state, entry);
    this.pending.push(entry);
    if (wish.job !== undefined) this.jobs.push(wish.job);
    if (wish.child !== undefined) {
      this.children.push(wish.child);
      this.hasChildren ||= wish.child.isJoined;
    }
    if (wish.event !== undefined) this.events.push(wish.event);
    if (wish.eventWait !== undefined) this.eventWaits.push(wish.eventWait);
    if (wish.inboxId === undefined) return;
    this.readInbox.push(wish.inboxId);
    this.everRead.add(wish.inboxId);
  }

  /** Whether an inbox row was taken into the journal, durable or not yet. */
  hasRead(inboxId: string): boolean {
    return this.everRead.has(inboxId);
  }

  /** A call of this step may be made from here on: should the run be lost, what came of it is worth telling. */
  called(path: string): void {
    this.calls.add(path);
  }

  /** How many entries are not durable yet. */
  get backlog(): number {
    return this.pending.length;
  }

  /** Makes everything so far durable; this replica goes on. */
  async commit(): Promise<void> {
    const status = this.written === RunStatus.Running ? null : RunStatus.Running;
    await this.write({ kind: 'keep' }, status, null);
  }

  /** Makes everything durable and gives the run up until `until` or until somebody wakes it. */
  async park(until: number | null, inDoubt: boolean): Promise<void> {
    await this.write(
      { kind: 'park', until, inDoubt },
      this.written === RunStatus.Waiting ? null : RunStatus.Waiting,
      null,
    );
  }

  /** Makes everything durable and gives the run to whoever claims it next: this process is about to end. */
  async handBack(now: number): Promise<void> {
    await this.write({ kind: 'park', until: now, inDoubt: false }, null, null);
  }

  /** The last write of a run. */
  async finish(outcome: Outcome): Promise<void> {
    if (outcome.status === RunStatus.Failed) this.tell({ status: RunTrouble.Failed, error: outcome.error });
    await this.write({ kind: 'finish' }, outcome.status, outcome);
  }

  /** Outcomes of calls that are not written yet: what a fenced replica saw and may still tell. */
  unwrittenOutcomes(): ObservedOutcome[] {
    return this.pending.filter(
      (entry): entry is ObservedOutcome =>
        (entry.type === 'step.completed' || entry.type === 'step.failed') && this.calls.has(entry.path),
    );
  }

  private tellDoubt({ path, attempt }: DoubtEntry): void {
    const step = this.state.steps.get(path)?.step;
    if (step !== undefined && isHeldInDoubt(step, attempt)) this.tell({ status: RunTrouble.InDoubt, path });
  }

  /** What follows from the trouble is committed with it. */
  private tell(trouble: Trouble): void {
    const { jobs, children } = wishesOf(this.run, this.following, trouble);
    this.jobs.push(...jobs);
    this.children.push(...children);
  }

  /** A step that waits for a job, a run or an event and ends without it no longer wants it. */
  private giveUp({ type, path }: JournalEntry): void {
    const step = this.state.steps.get(path);
    if (step?.status !== StepStatus.Waiting || (type !== 'step.cancelled' && type !== 'step.failed')) return;
    if (step.waitingFor === 'job' && step.jobId !== undefined) this.unwanted.jobs.push(step.jobId);
    if (step.waitingFor === 'run' && step.childRunId !== undefined) this.unwanted.children.push(step.childRunId);
    if (step.waitingFor === 'event' && step.eventWaitId !== undefined) this.unwanted.eventWaits.push(step.eventWaitId);
  }

  /** One commit of a run at a time: their order is the journal's order. */
  private write(claim: NextClaim, status: RunStatus | null, outcome: Outcome | null): Promise<void> {
    this.committing = this.committing.then(() => this.writeNow(claim, status, outcome));
    return this.committing;
  }

  private async writeNow(claim: NextClaim, status: RunStatus | null, outcome: Outcome | null): Promise<void> {
    const entries = this.pending;
    if (claim.kind === 'keep' && entries.length === 0) return;
    const commit: RunCommit = {
      ...this.run,
      seq: this.nextSeq,
      entries,
      entriesJson: entries.length === 0 ? null : JSON.stringify(entries),
      next: claim,
      status,
      outputJson: outcome === null ? null : JSON.stringify(outcome.output ?? null),
      errorJson: outcome?.error == null ? null : JSON.stringify(outcome.error),
      startedAt: this.run.claimedAt,
      jobs: this.jobs,
      isJoined: isJoined(this.run),
      hasChildren: this.hasChildren,
      children: this.children,
      events: this.events,
      eventWaits: this.eventWaits,
      readInbox: this.readInbox,
      unwanted: this.unwanted,
    };
    this.jobs = [];
    this.children = [];
    this.events = [];
    this.eventWaits = [];
    this.readInbox = [];
    this.unwanted = nothingUnwanted();
    this.pending = [];
    try {
      await this.sink.commit(commit);
    } catch (error) {
      // What could not be written stays ours to tell, see unwrittenOutcomes.
      this.pending = [...entries, ...this.pending];
      throw error instanceof FencedError ? error : new UnwrittenError(this.run.runId, error);
    }
    if (entries.length > 0) this.nextSeq += 1;
    if (status !== null) this.written = status;
  }
}
