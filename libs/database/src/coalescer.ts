import { isConnectionLost } from './pg-errors.js';

/** What a batch write reports back for a row, by the row's id. A row that is missing was refused. */
export type Acknowledgements<Ack> = ReadonlyMap<string, Ack>;

export interface CoalescerOptions<Row, Ack> {
  /**
   * Writes the rows in one statement and one commit, and says which it accepted. It may be called again with the same
   * rows when a connection broke and nobody knows whether the commit happened, so it must be repeatable; `repeated`
   * tells. Rows arrive ordered by id.
   */
  write: (rows: readonly Row[], repeated: boolean) => Promise<Acknowledgements<Ack>>;
  idOf: (row: Row) => string;
  /** Approximate size of a row on the wire, in bytes. */
  sizeOf: (row: Row) => number;
  /** What a row that `write` did not accept fails with. */
  refused: (row: Row) => Error;
  /** Most rows of one batch. */
  maxRows: number;
  /** Most bytes of one batch; a larger single row goes alone. */
  maxBytes: number;
  /** Whether nobody waits for this row: it leaves with the next batch that does, or after `patienceMs`. Default: none. */
  canWait?: (row: Row) => boolean;
  /** How long such rows wait for company, in milliseconds. */
  patienceMs?: number;
  /** Batches under way at once: two, so that one fills while the other flushes. */
  lanes?: number;
  /** How long an unreachable database is tried again before the callers are told, in milliseconds. */
  retryForMs: number;
  /** Monotonic clock in milliseconds. */
  monotonicNow: () => number;
  /** Waits; an argument so that tests need not. */
  pause: (ms: number) => Promise<void>;
}

interface Waiting<Row, Ack> {
  row: Row;
  resolve: (ack: Ack) => void;
  reject: (error: unknown) => void;
}

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Turns many small durable writes into few: callers wait on a promise, and the next flush writes everything that
 * queued up meanwhile in one commit. A durable commit costs a disk flush whether it carries one row or a hundred.
 *
 * Fair: when a batch fails for another reason than a lost connection, its rows are written singly, and only the
 * culprit's caller fails.
 */
export class Coalescer<Row, Ack> {
  /** What goes with the next batch. */
  private readonly queue: Waiting<Row, Ack>[] = [];
  /** What waits for company. */
  private readonly patient: Waiting<Row, Ack>[] = [];
  private readonly lanes: number;
  private busyLanes = 0;
  private idle: (() => void)[] = [];

  constructor(private readonly options: CoalescerOptions<Row, Ack>) {
    this.lanes = options.lanes ?? 2;
  }

  /** Resolves once the row is committed; rejects with `refused(row)` or with the database's error for this row. */
  submit(row: Row): Promise<Ack> {
    return new Promise<Ack>((resolve, reject) => {
      const waiting = { row, resolve, reject };
      if (this.options.canWait?.(row) === true) this.letWait(waiting);
      else {
        this.queue.push(waiting);
        this.startLane();
      }
    });
  }

  /** Rows submitted and not yet acknowledged are written; resolves when none is left. */
  async drain(): Promise<void> {
    this.endPatience();
    if (this.busyLanes === 0 && this.queue.length === 0) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private letWait(waiting: Waiting<Row, Ack>): void {
    this.patient.push(waiting);
    if (this.patient.length === 1) void this.options.pause(this.options.patienceMs ?? 0).then(() => this.endPatience());
    else if (this.patient.length >= this.options.maxRows) this.endPatience();
  }

  private endPatience(): void {
    if (this.patient.length === 0) return;
    this.queue.push(...this.patient.splice(0));
    this.startLane();
  }

  private startLane(): void {
    if (this.busyLanes >= this.lanes) return;
    this.busyLanes += 1;
    // Everything that is submitted in this turn of the event loop shares the flush.
    setImmediate(() => void this.runLane());
  }

  private async runLane(): Promise<void> {
    while (this.queue.length > 0) await this.flush(this.takeBatch());
    this.busyLanes -= 1;
    if (this.busyLanes === 0) for (const resolve of this.idle.splice(0)) resolve();
  }

  private takeBatch(): Waiting<Row, Ack>[] {
    this.queue.push(...this.patient.splice(0));
    let bytes = 0;
    let count = 0;
    for (const { row } of this.queue) {
      bytes += this.options.sizeOf(row);
      if (count > 0 && (bytes > this.options.maxBytes || count >= this.options.maxRows)) break;
      count += 1;
    }
    const { idOf } = this.options;
    // One order for all writers, so that two batches that lock the same rows cannot deadlock.
    return this.queue.splice(0, count).sort((a, b) => (idOf(a.row) < idOf(b.row) ? -1 : 1));
  }

  private async flush(batch: Waiting<Row, Ack>[]): Promise<void> {
    try {
      this.acknowledge(batch, await this.writePersistently(batch));
    } catch (error) {
      if (batch.length === 1 || isConnectionLost(error)) {
        for (const waiting of batch) waiting.reject(error);
        return;
      }
      for (const waiting of batch) await this.flush([waiting]);
    }
  }

  /** Repeats a batch whose fate is unknown, because rows carry ids made by us and a second write changes nothing. */
  private async writePersistently(batch: Waiting<Row, Ack>[]): Promise<Acknowledgements<Ack>> {
    const rows = batch.map(({ row }) => row);
    const giveUpAt = this.options.monotonicNow() + this.options.retryForMs;
    for (let pauseMs = FIRST_PAUSE_MS, repeated = false; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return await this.options.write(rows, repeated);
      } catch (error) {
        if (!isConnectionLost(error) || this.options.monotonicNow() + pauseMs > giveUpAt) throw error;
        repeated = true;
        await this.options.pause(pauseMs);
      }
    }
  }

  private acknowledge(batch: Waiting<Row, Ack>[], acknowledgements: Acknowledgements<Ack>): void {
    for (const { row, resolve, reject } of batch) {
      const ack = acknowledgements.get(this.options.idOf(row));
      if (ack === undefined) reject(this.options.refused(row));
      else resolve(ack);
    }
  }
}
