import type { DatabaseConfig } from '@app/config';
import { AppError, newId, type ServiceName } from '@app/contracts';
import { hostname } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { LeaseThreadData, LeaseThreadMessage } from './lease-thread.js';

export interface LeaseOptions {
  database: DatabaseConfig;
  service: ServiceName;
  /** How long the others wait before they declare a silent replica dead, in ms. */
  leaseMs: number;
  /** How often the lease is renewed, in ms. */
  heartbeatMs: number;
  /** After how long without a renewal this process must stop its own work, in ms; well under `leaseMs`. */
  abortAfterMs: number;
}

/** A connection and a loop need little; without limits a thread takes as much as a process, in MB. */
const THREAD_MEMORY = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 2 } as const;
const NS_PER_MS = 1_000_000n;

/**
 * This process's right to work. It is gone when PostgreSQL said so, or when it was not renewed for `abortAfterMs` by
 * the monotonic clock: before the others may believe us dead, we have stopped. A lease that is gone never comes back;
 * take a new one, which has a new id.
 */
export class ReplicaLease {
  readonly id: string = newId();
  private readonly renewedAt = new BigInt64Array(new SharedArrayBuffer(8));
  private readonly aborted = new AbortController();
  private readonly thread: Worker;
  private readonly exited: Promise<void>;
  private watch: NodeJS.Timeout | undefined;

  private constructor(private readonly options: LeaseOptions) {
    const data: LeaseThreadData = {
      connectionString: options.database.url,
      ssl: options.database.ssl,
      replicaId: this.id,
      service: options.service,
      host: hostname(),
      leaseMs: options.leaseMs,
      heartbeatMs: options.heartbeatMs,
      renewedAt: this.renewedAt,
    };
    this.thread = new Worker(leaseThreadUrl(), { workerData: data, resourceLimits: THREAD_MEMORY });
    this.exited = new Promise((resolve) => this.thread.once('exit', () => resolve()));
  }

  /** Registers this process and starts renewing. Rejects when the database does not let us. */
  static async take(options: LeaseOptions): Promise<ReplicaLease> {
    const lease = new ReplicaLease(options);
    await lease.taken();
    // Not before: until the first renewal the lease looks as if it had been silent for ever.
    lease.expire();
    return lease;
  }

  /** Aborts when the lease is gone: hand it to every call that must not outlive the right to make it. */
  get signal(): AbortSignal {
    return this.aborted.signal;
  }

  /** Whether this process may start another effect at this moment. */
  isHeld(): boolean {
    if (this.aborted.signal.aborted) return false;
    if (this.silentForMs() < this.options.abortAfterMs) return true;
    this.lose();
    return false;
  }

  /** Gives the lease up and frees everything claimed under it. */
  async release(): Promise<void> {
    this.lose();
    await this.exited;
  }

  /** Looks when the lease would be over, unless it was renewed by then; and so on. */
  private expire(): void {
    if (!this.isHeld()) return;
    this.watch = setTimeout(() => this.expire(), this.options.abortAfterMs - this.silentForMs()).unref();
  }

  private silentForMs(): number {
    return Number((process.hrtime.bigint() - Atomics.load(this.renewedAt, 0)) / NS_PER_MS);
  }

  /** The thread must not go on renewing what we no longer use: it declares this id dead, if it still can. */
  private lose(): void {
    if (this.aborted.signal.aborted) return;
    clearTimeout(this.watch);
    this.aborted.abort();
    this.thread.postMessage('stop');
  }

  private async taken(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const fail = (message: string): void => {
        this.lose();
        reject(new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'transient', message: `No lease: ${message}` }));
      };
      this.thread.on('message', (message: LeaseThreadMessage) => {
        if (message.type === 'taken') resolve();
        else if (message.type === 'failed') fail(message.message);
        else this.lose();
      });
      this.thread.on('error', (error) => fail(error.message));
      this.thread.once('exit', () => this.lose());
    });
  }
}

/** Node.js starts a thread from compiled code only; under the test runner this file is a source file. */
function leaseThreadUrl(): URL {
  const here = import.meta.url;
  if (here.endsWith('.js')) return new URL('./lease-thread.js', here);
  return new URL('../../../../dist/libs/database/src/replicas/lease-thread.js', here);
}
