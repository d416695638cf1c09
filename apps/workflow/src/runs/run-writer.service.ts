import { EngineConfig } from '@app/config';
import { Coalescer, KEYED_POOL, type Acknowledgements, type RunRow } from '@app/database';
import { CommandBus } from '@app/messaging';
import { GracefulShutdown, ShutdownPhase } from '@app/observability';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { crashPoint } from '../crash-points/crash-points.service.js';
import { oncePerContent, sizeOfContent } from './store/commit-parts/content.js';
import { sizeOfEvents } from './store/commit-parts/events.js';
import { hasSlot } from './store/commit-parts/slots.js';
import { commitRunsQuery } from './store/commit-runs.js';
import { alreadyCommittedSql } from './store/commit-runs.sql.js';
import { FencedError } from './store/fenced.error.js';
import type { RunCommit } from './store/run-commit.js';
import { endsOf, type WrittenRuns } from './store/run-ends.js';

/** How long a write waits for a database that is away; longer than a lease, after which it would be fenced anyway. */
const RETRY_FOR_MS = 15_000;
/** How long the end of a run that nobody waits for may wait for company: what a commit costs is shared by its runs. */
const PATIENCE_MS = 20;

/** A run of a batch: with its row when the statement was to answer with it and has written it. */
type WrittenRow = { run_id: string } & (RunRow | { status?: null });

/** Batches of commits that are under way at once: one fills while the other flushes. */
export const COMMIT_LANES = 2;

/** The one writer of runs under way: every replica's commits go through here, coalesced and fenced. */
@Injectable()
export class RunWriter implements OnApplicationShutdown {
  private readonly coalescer: Coalescer<RunCommit, true>;
  private onFamily: () => void = () => undefined;
  private onSlot: () => void = () => undefined;

  constructor(
    @Inject(KEYED_POOL) private readonly pool: Pool,
    private readonly bus: CommandBus<'workflow'>,
    config: EngineConfig,
    shutdown: GracefulShutdown,
  ) {
    this.coalescer = new Coalescer<RunCommit, true>({
      write: (rows, repeated) => this.write(rows, repeated),
      idOf: ({ runId }) => runId,
      sizeOf: ({ entriesJson, outputJson, jobs: wanted, children, ...more }) =>
        300 +
        (entriesJson?.length ?? 0) +
        (outputJson?.length ?? 0) +
        wanted.length * 1_000 +
        children.reduce((sum, { inputJson }) => sum + 500 + (inputJson?.length ?? 0), 0) +
        sizeOfEvents(more) +
        sizeOfContent(more),
      refused: ({ runId }) => new FencedError(runId),
      canWait,
      patienceMs: PATIENCE_MS,
      lanes: COMMIT_LANES,
      maxRows: config.flushRows,
      maxBytes: config.flushBytes,
      retryForMs: RETRY_FOR_MS,
      monotonicNow: () => performance.now(),
      pause,
    });
    shutdown.add(ShutdownPhase.Flush, 'run writes', () => this.coalescer.drain());
  }

  /**
   * Resolves when the commit is durable.
   * @throws FencedError when the run has another owner
   */
  async commit(commit: RunCommit): Promise<void> {
    await this.coalescer.submit(commit);
    if (commit.jobs.length > 0) this.bus.publish('jobs.waiting', { count: commit.jobs.length });
    const tasks = commit.jobs.filter(({ type }) => type === 'external.task').length;
    if (tasks > 0) this.bus.publish('tasks.waiting', { count: tasks });
    for (const job_id of commit.unwanted.jobs) this.bus.publish('job.cancel', { job_id });
    if (commit.children.length > 0) this.bus.publish('runs.waiting', { count: commit.children.length });
    const told = commit.events.length + commit.contentChanges.length;
    if (told > 0) this.bus.publish('events.waiting', { count: told });
    if (hasSlot(commit)) this.onSlot();
    if (commit.unwanted.children.length > 0 || (commit.isJoined && commit.next.kind === 'finish')) this.onFamily();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  /** @param tell called when a run that another one waits for is over, or is no longer waited for */
  whenFamilyChanges(tell: () => void): void {
    this.onFamily = tell;
  }

  /** @param tell called when a run has given its slot up */
  whenSlotIsFree(tell: () => void): void {
    this.onSlot = tell;
  }

  private async write(rows: readonly RunCommit[], repeated: boolean): Promise<Acknowledgements<true>> {
    const written = new Map<string, RunRow | undefined>();
    // More than one owner only in the moment after this process had to take a new lease.
    for (const owner of new Set(rows.map((row) => row.owner))) {
      const owned = rows.filter((row) => row.owner === owner);
      for (const part of oncePerContent(owned)) {
        for (const [runId, row] of await this.writeOwned(owner, part)) written.set(runId, row);
      }
    }
    if (repeated) {
      const missing = rows.filter(({ runId }) => !written.has(runId));
      for (const runId of await this.alreadyCommitted(missing)) written.set(runId, undefined);
    }
    for (const message of endsOf(rows, written)) this.bus.publish('run.progressed', message);
    return new Map([...written.keys()].map((runId) => [runId, true]));
  }

  private async writeOwned(owner: string, rows: readonly RunCommit[]): Promise<WrittenRuns> {
    crashPoint('commit.before');
    const { rows: written } = await this.pool.query<WrittenRow>(commitRunsQuery(owner, rows));
    crashPoint('commit.after');
    return new Map(written.map((row) => [row.run_id, hasRow(row) ? row : undefined]));
  }

  private async alreadyCommitted(rows: readonly RunCommit[]): Promise<string[]> {
    if (rows.length === 0) return [];
    const { rows: found } = await this.pool.query<{ run_id: string }>(alreadyCommittedSql, [
      rows.map((row) => row.runId),
      rows.map((row) => row.retention),
      rows.map((row) => row.epoch),
      rows.map((row) => row.seq),
    ]);
    return found.map(({ run_id }) => run_id);
  }
}

function hasRow(row: WrittenRow): row is WrittenRow & RunRow {
  return typeof row.status === 'string';
}

/** Nothing begins with the end of this run: no caller, run, job or slot waits for it. */
function canWait({ next, watched, isJoined, slot, jobs, children, events, contentChanges }: RunCommit): boolean {
  if (next.kind !== 'finish' || watched || isJoined || slot !== undefined) return false;
  return jobs.length + children.length + events.length + contentChanges.length === 0;
}
