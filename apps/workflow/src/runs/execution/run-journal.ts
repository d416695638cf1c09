import type { ReferredBlob } from '@app/database';
import {
  RunStatus,
  RunTrouble,
  StepStatus,
  type BlobReference,
  type JobRequest,
  type JournalEntry,
} from '@app/contracts';
import {
  StepFailure,
  type ChildRequest,
  type EmittedEvent,
  type EventWait,
  type WantedContentChange,
  type Wish,
} from '../../steps/steps.service.js';
import { apply, type Outcome, type RunState } from '../../engine/index.js';
import { isJoined, type ClaimedRun } from '../claim/claimed-run.js';
import type { NextClaim, RunCommit, Unwanted } from '../store/run-commit.js';
import { FencedError } from '../store/fenced.error.js';
import type { ObservedOutcome, RunHistory } from '../store/run-history.js';
import { UnwrittenError } from '../store/unwritten.error.js';
import { referenceOf, withoutLargeOutput } from '../store/whole-history.js';
import type { LargeValues } from './large-values.js';
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
  private contentChanges: WantedContentChange[] = [];
  private readInbox: string[] = [];
  /** What entries and runs to start refer to in blob storage. */
  private blobs: ReferredBlob[] = [];
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
  /** The commit that has been asked for and has not begun: it takes all that is there when it begins. */
  private upcoming: Promise<void> | undefined;

  constructor(
    private readonly sink: CommitSink,
    private readonly run: ClaimedRun,
    private readonly state: RunState,
    history: RunHistory,
    private readonly values: LargeValues,
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
    this.refer('journal', this.run.runId, referenceOf(entry));
    if (wish.job !== undefined) this.jobs.push(wish.job);
    if (wish.child !== undefined) {
      this.children.push(wish.child);
      this.refer('input', wish.child.id, wish.child.inputBlob);
      this.hasChildren ||= wish.child.isJoined;
    }
    if (wish.event !== undefined) this.events.push(wish.event);
    if (wish.eventWait !== undefined) this.eventWaits.push(wish.eventWait);
    if (wish.contentChange !== undefined) this.contentChanges.push(wish.contentChange);
    if (wish.inboxId === undefined) return;
    this.readInbox.push(wish.inboxId);
    this.everRead.add(wish.inboxId);
  }

  /** Whether a step has taken an inbox row, durably or not yet. */
  hasRead(inboxId: string): boolean {
    return this.everRead.has(inboxId);
  }

  /** A step is about to take an inbox row: no other one may, also while a large output of the step is being kept. */
  take(inboxId: string): void {
    this.everRead.add(inboxId);
  }

  /** A call of this step may be made from here on: should the run be lost, what came of it is worth telling. */
  called(path: string): void {
    this.calls.add(path);
  }

  /** Whether the next commit changes a piece of content: it can do so once. */
  isChanging(contentId: string): boolean {
    return this.contentChanges.some(({ change }) => change.contentId === contentId);
  }

  /** How many entries are not durable yet. */
  get backlog(): number {
    return this.pending.length;
  }

  /** Makes everything so far durable; this replica goes on. Steps that ask for it side by side share one commit. */
  commit(): Promise<void> {
    this.upcoming ??= this.committing = this.committing.then(() => {
      this.upcoming = undefined;
      return this.writeNow({ kind: 'keep' }, this.written === RunStatus.Running ? null : RunStatus.Running, null);
    });
    return this.upcoming;
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
    const outcomes = this.pending.filter(
      (entry): entry is ObservedOutcome =>
        (entry.type === 'step.completed' || entry.type === 'step.failed') && this.calls.has(entry.path),
    );
    // A large output is told whole: what is in blob storage and has no commit is swept.
    return outcomes.map(({ ...entry }) => {
      if (entry.type === 'step.completed') delete entry.output_blob;
      return entry;
    });
  }

  private refer(place: ReferredBlob['place'], runId: string, reference: BlobReference | undefined): void {
    if (reference !== undefined) this.blobs.push({ reference, runId, writer: this.run.runId, place });
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
    let outputJson = outcome === null ? null : JSON.stringify(outcome.output ?? null);
    if (outputJson !== null && this.values.isLarge(outputJson)) outputJson = await this.keepOutput(outputJson);
    const entries = this.pending;
    if (claim.kind === 'keep' && entries.length === 0) return;
    const { run, blobs } = this;
    // Each member by itself: a spread makes an object that takes ten times as much memory.
    const commit: RunCommit = {
      runId: run.runId,
      userId: run.userId,
      retention: run.retention,
      owner: run.owner,
      epoch: run.epoch,
      watched: run.watched,
      slot: run.slot,
      seq: this.nextSeq,
      entries,
      entriesJson:
        entries.length === 0 ? null : JSON.stringify(blobs.length === 0 ? entries : entries.map(withoutLargeOutput)),
      next: claim,
      status,
      outputJson,
      errorJson: outcome?.error == null ? null : JSON.stringify(outcome.error),
      startedAt: run.claimedAt,
      jobs: this.jobs,
      isJoined: isJoined(run),
      hasChildren: this.hasChildren,
      children: this.children,
      events: this.events,
      eventWaits: this.eventWaits,
      contentChanges: this.contentChanges,
      readInbox: this.readInbox,
      unwanted: this.unwanted,
      blobs,
    };
    this.jobs = [];
    this.children = [];
    this.events = [];
    this.eventWaits = [];
    this.contentChanges = [];
    this.readInbox = [];
    this.blobs = [];
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

  /** What a run comes to is almost always what a step of it came to: then it is kept already. */
  private async keepOutput(json: string): Promise<string | null> {
    try {
      const reference = await this.values.keep(json);
      if (reference === undefined) return json;
      this.refer('output', this.run.runId, reference);
      return null;
    } catch (error) {
      // The run is over, and nobody is left to be told that there is no room for its output.
      if (error instanceof StepFailure) return json;
      throw error;
    }
  }
}
