import { finalRunStatuses, retentionClasses, type RunProgressed } from '@app/contracts';
import { toRunSummary } from '@app/database';
import { GracefulShutdown, ShutdownPhase } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';
import type { WholeRunRow } from '../run-row.js';
import { finishedRunsSql } from './finished-runs.sql.js';
import { readEnd } from './read-end.js';
import { RunWatch, type FinishedRun } from './run-watch.js';

export type { FinishedRun } from './run-watch.js';

type FinishedRow = Omit<WholeRunRow, 'input' | 'input_blob'>;

/** Most runs that one process waits for at a time: each is an open request. */
const MOST_WATCHES = 10_000;
const LOOK_EVERY_MS = 50;

/**
 * Waits for the ends of runs. The workflow service says which are over, and of short ones what came of them; what it says may be
 * lost, and with Redis away nothing is said at all, so each run is also looked at now and then. However many are asked for at a
 * moment, they are read in one query.
 */
@Injectable()
export class RunWatchesService {
  private readonly log = new Logger(RunWatchesService.name);
  private readonly watches = new Map<string, Set<RunWatch>>();
  private readonly toRead = new Set<string>();
  private count = 0;
  private isReading = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: Pool,
    shutdown: GracefulShutdown,
  ) {
    shutdown.add(ShutdownPhase.StopTaking, 'waits for runs', () => this.endAll());
  }

  /**
   * Begins to watch a run. Do it before the run is accepted: then its end cannot be missed.
   * @returns undefined when this process waits for as many as it can
   */
  open(runId: string): RunWatch | undefined {
    if (this.count >= MOST_WATCHES) return undefined;
    const watch = new RunWatch(runId, (closed) => this.remove(closed));
    const ofRun = this.watches.get(runId) ?? new Set();
    this.watches.set(runId, ofRun.add(watch));
    this.count += 1;
    this.timer ??= setInterval(() => this.lookAround(), LOOK_EVERY_MS);
    return watch;
  }

  /** These runs are said to be over: those of which nothing more is said are read. Those that nobody here waits for cost nothing. */
  progressed({ run_ids: ids, ends }: RunProgressed): void {
    let lines: string[] | undefined;
    for (const [place, id] of ids.entries()) {
      if (!this.watches.has(id)) continue;
      lines ??= ends?.split('\n') ?? [];
      const end = readEnd(id, lines[place]);
      if (end === undefined) this.toRead.add(id);
      else this.end(end);
    }
    this.startReading();
  }

  private end(finished: FinishedRun): void {
    for (const watch of this.watches.get(finished.run.id) ?? []) watch.end(finished);
  }

  private lookAround(): void {
    const now = performance.now();
    for (const [id, ofRun] of this.watches) {
      for (const watch of ofRun) if (watch.isDue(now)) this.toRead.add(id);
    }
    this.startReading();
  }

  private startReading(): void {
    if (this.isReading || this.toRead.size === 0) return;
    this.isReading = true;
    // Whatever else arrives in this turn of the event loop is read along.
    setImmediate(() => void this.read());
  }

  private async read(): Promise<void> {
    const ids = [...this.toRead].sort();
    this.toRead.clear();
    try {
      for (const finished of await this.finished(ids)) this.end(finished);
    } catch (error) {
      // They are looked at again soon; whoever waits too long is told that the run goes on.
      this.log.warn(`The ends of runs could not be read: ${String(error)}`);
    }
    this.isReading = false;
    this.startReading();
  }

  private async finished(ids: readonly string[]): Promise<FinishedRun[]> {
    const classes = new Set(ids.flatMap((id) => [...(this.watches.get(id) ?? [])].map(({ retention }) => retention)));
    const known = [...classes].every((each) => each !== undefined) ? [...classes] : retentionClasses;
    const { rows } = await this.pool.query<FinishedRow>({
      name: 'finished-runs',
      text: finishedRunsSql,
      values: [ids, known, ids[0], ids.at(-1), finalRunStatuses],
    });
    return rows.map((row) => ({ run: toRunSummary(row), output: row.output, outputBlob: row.output_blob }));
  }

  private remove(watch: RunWatch): void {
    const ofRun = this.watches.get(watch.runId);
    if (ofRun?.delete(watch) !== true) return;
    this.count -= 1;
    if (ofRun.size === 0) this.watches.delete(watch.runId);
    if (this.count > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** The process ends: whoever waits is told that the run goes on, which it does elsewhere. */
  private endAll(): void {
    for (const ofRun of this.watches.values()) for (const watch of ofRun) watch.end(undefined);
  }
}
