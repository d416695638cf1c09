import { RunStatus, StepStatus, type JobRequest, type JournalEntry } from '@app/contracts';
import { apply, type Outcome, type RunState } from '../../engine/index.js';
import type { ClaimedRun } from '../claim/claimed-run.js';
import type { NextClaim, RunCommit } from '../store/run-commit.js';
import type { ObservedOutcome, RunHistory } from '../store/run-history.js';

/** Writes a run's commits; RunWriter is the real one. */
export interface CommitSink {
  commit(commit: RunCommit): Promise<void>;
}

/**
 * The journal of one run while this replica holds it: entries are taken into the state at once and written with the
 * next commit. Pure steps need no commit of their own.
 */
export class RunJournal {
  private pending: JournalEntry[] = [];
  private jobs: JobRequest[] = [];
  private readInbox: string[] = [];
  private nextSeq: number;
  /** Status of the run's row as far as we wrote it. */
  private written: RunStatus;
  private committing: Promise<void> = Promise.resolve();

  constructor(
    private readonly sink: CommitSink,
    private readonly run: ClaimedRun,
    private readonly state: RunState,
    history: RunHistory,
  ) {
    this.nextSeq = history.nextSeq;
    this.written = run.status;
  }

  /** Takes a fact into the state; it is durable after the next commit. */
  append(entry: JournalEntry, wish: { job?: JobRequest | undefined; inboxId?: string } = {}): void {
    apply(this.state, entry);
    this.pending.push(entry);
    if (wish.job !== undefined) this.jobs.push(wish.job);
    if (wish.inboxId !== undefined) this.readInbox.push(wish.inboxId);
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
  async finish(outcome: Outcome, unwantedJobs: readonly string[] = []): Promise<void> {
    await this.write({ kind: 'finish' }, outcome.status, outcome, unwantedJobs);
  }

  /** Outcomes of calls that are not written yet: what a fenced replica saw and may still tell. */
  unwrittenOutcomes(): ObservedOutcome[] {
    return this.pending.filter(
      (entry): entry is ObservedOutcome => entry.type === 'step.completed' || entry.type === 'step.failed',
    );
  }

  /** Jobs that waiting steps asked for and that are not over. */
  openJobs(): string[] {
    const waiting = [...this.state.steps.values()].filter(({ status }) => status === StepStatus.Waiting);
    return waiting.flatMap(({ jobId }) => jobId ?? []);
  }

  /** One commit of a run at a time: their order is the journal's order. */
  private write(
    claim: NextClaim,
    status: RunStatus | null,
    outcome: Outcome | null,
    unwantedJobs: readonly string[] = [],
  ) {
    this.committing = this.committing.then(() => this.writeNow(claim, status, outcome, unwantedJobs));
    return this.committing;
  }

  private async writeNow(
    claim: NextClaim,
    status: RunStatus | null,
    outcome: Outcome | null,
    unwantedJobs: readonly string[],
  ): Promise<void> {
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
      readInbox: this.readInbox,
      unwantedJobs,
    };
    this.jobs = [];
    this.readInbox = [];
    this.pending = [];
    try {
      await this.sink.commit(commit);
    } catch (error) {
      // What could not be written stays ours to tell, see unwrittenOutcomes.
      this.pending = [...entries, ...this.pending];
      throw error;
    }
    if (entries.length > 0) this.nextSeq += 1;
    if (status !== null) this.written = status;
  }
}
