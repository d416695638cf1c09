import { RunValues } from '@app/blobs';
import { BoundsConfig, EngineConfig } from '@app/config';
import { RunTrouble, type RunError } from '@app/contracts';
import type { CompiledDefinition, OnFailure } from '@app/definition';
import { runInContext, runTrace } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { setImmediate } from 'node:timers/promises';
import { Pool } from 'pg';
import { CorruptJournalError, type Outcome } from '../engine/index.js';
import { StepExecutor } from './execution/step-executor.js';
import { ReplicaService } from '../replica/replica.service.js';
import { StatsService } from '../stats/stats.service.js';
import { ActiveRuns } from './active-runs.service.js';
import { isJoined, type ClaimedRun } from './claim/claimed-run.js';
import { FencedError } from './store/fenced.error.js';
import { releaseRunSql } from './claim/release-run.sql.js';
import { wishesOf } from './execution/on-failure.js';
import { RunExecution, type ExecutionEnd } from './execution/run-execution.js';
import { emptyHistory, type RunHistory } from './store/run-history.js';
import { observeOutcomeSql } from './store/run-history.sql.js';
import { hasReferences, whole } from './store/whole-history.js';
import { RunMetrics } from './run.metrics.js';
import { RunWriter } from './run-writer.service.js';

/** Pause before a run is tried again after an error of the platform: grows with the claims it took, in ms. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Executes claimed runs, and sees to it that each one ends up somewhere: finished, parked, or with another owner. */
@Injectable()
export class RunExecutor {
  private readonly log = new Logger(RunExecutor.name);

  constructor(
    private readonly pool: Pool,
    private readonly writer: RunWriter,
    private readonly steps: StepExecutor,
    private readonly replica: ReplicaService,
    private readonly active: ActiveRuns,
    private readonly stats: StatsService,
    private readonly metrics: RunMetrics,
    private readonly config: EngineConfig,
    private readonly bounds: BoundsConfig,
    private readonly values: RunValues,
  ) {}

  /** Resolves when the run is no longer with this process. Never rejects. */
  async execute(run: ClaimedRun, definition: CompiledDefinition | undefined, history: RunHistory): Promise<void> {
    const context = { runId: run.runId, userId: run.userId, trace: runTrace(run.runId, run.trigger['traceparent']) };
    await runInContext(context, () => this.executeInContext(run, definition, history));
  }

  private async executeInContext(
    run: ClaimedRun,
    definition: CompiledDefinition | undefined,
    history: RunHistory,
  ): Promise<void> {
    try {
      if (definition === undefined)
        await this.refuse(run, history, crashed('The definition of this version cannot be loaded.'));
      else if (!hasReferences(run, history)) await this.executeDefinition(run, definition, history);
      else {
        const read = await whole(run, history, (reference) => this.values.read(reference));
        await this.executeDefinition(read.run, definition, read.history);
      }
    } catch (error) {
      await this.giveBack(run, error, definition);
    }
  }

  private async executeDefinition(run: ClaimedRun, definition: CompiledDefinition, history: RunHistory): Promise<void> {
    let execution: RunExecution | undefined;
    try {
      const holds = (owner: string): boolean => this.replica.id() === owner;
      const services = {
        sink: this.writer,
        steps: this.steps,
        values: this.values,
        now: Date.now,
        holds,
        breathe: setImmediate,
        maxEntries: this.config.maxJournalEntries,
        bounds: this.bounds,
      };
      execution = new RunExecution(run, definition, history, services);
      this.active.add(execution);
      const end = await execution.execute();
      this.count(run, end);
      if (end === 'lost') await this.tellOutcomes(execution);
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
      this.metrics.fenced.inc();
      if (execution !== undefined) await this.tellOutcomes(execution);
    } finally {
      if (execution !== undefined) this.active.remove(execution);
    }
  }

  private count(run: ClaimedRun, end: ExecutionEnd): void {
    this.metrics.executions.inc({ end });
    if (end === 'finished') this.stats.finished(run.workflowId);
  }

  /** Somebody else has the run; what this process saw of its own calls saves them a doubt. */
  private async tellOutcomes({ run, journal }: RunExecution): Promise<void> {
    for (const outcome of journal.unwrittenOutcomes()) {
      const values = [run.runId, outcome.path, outcome.attempt, run.epoch, JSON.stringify(outcome)];
      await this.pool.query(observeOutcomeSql, values);
    }
  }

  /** The run with its input, wherever that is kept. Rejects when the storage does not have it at the moment. */
  async withInput(run: ClaimedRun): Promise<ClaimedRun> {
    if (run.inputBlob === undefined) return run;
    return (await whole(run, emptyHistory(), (reference) => this.values.read(reference))).run;
  }

  /** A run cannot go on because of the platform: it is tried again a while later. Never rejects. */
  async giveBack(run: ClaimedRun, error: unknown, definition?: CompiledDefinition): Promise<void> {
    this.log.error(`Run ${run.runId} cannot go on: ${String(error)}`);
    try {
      if (error instanceof CorruptJournalError)
        await this.refuse(run, emptyHistory(), crashed(error.message), definition?.onFailure);
      else {
        const pauseMs = Math.min(FIRST_PAUSE_MS * run.epoch, LONGEST_PAUSE_MS);
        await this.pool.query(releaseRunSql, [run.runId, run.owner, run.epoch, pauseMs]);
      }
    } catch (again) {
      // The database is away: the lease runs out with it, and whoever finds it expired frees the run.
      this.log.error(`Run ${run.runId} could not be given back: ${String(again)}`);
    }
  }

  /** Ends a run that cannot be executed at all. Rejects when that cannot be written. */
  async refuse(run: ClaimedRun, history: RunHistory, error: RunError, onFailure?: OnFailure): Promise<void> {
    const outcome = { status: 'failed', output: null, error } satisfies Outcome;
    await this.writer.commit({
      ...run,
      slot: run.slot,
      blobs: [],
      seq: history.nextSeq,
      entries: [],
      entriesJson: null,
      next: { kind: 'finish' },
      status: outcome.status,
      outputJson: null,
      errorJson: JSON.stringify(outcome.error),
      startedAt: run.claimedAt,
      isJoined: isJoined(run),
      hasChildren: history.children.size > 0,
      ...wishesOf(run, { ...this.bounds, onFailure }, { status: RunTrouble.Failed, error: outcome.error }),
      events: [],
      eventWaits: [],
      contentChanges: [],
      readInbox: [],
      unwanted: { jobs: [], children: [...history.children.keys()], eventWaits: 'all' },
    });
    this.count(run, 'finished');
  }
}

function crashed(message: string): RunError {
  return { code: 'STEP_CRASHED', message };
}
