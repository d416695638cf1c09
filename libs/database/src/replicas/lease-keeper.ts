import { Periodic } from '@app/observability';
import { ReplicaLease, type LeaseOptions } from './replica-lease.js';

export interface LeaseKeeperOptions extends LeaseOptions {
  /** Called when a lease is gone: drop everything that was claimed under it. */
  onLost: (replicaId: string) => void;
  log: { log: (message: string) => void; warn: (message: string) => void; error: (message: string) => void };
}

const RETRY_GAP_MS = 100;

/** Keeps a process in possession of a lease: when one is gone, the process goes on under a new id. */
export class LeaseKeeper {
  private lease: ReplicaLease | undefined;
  private readonly keeper: Periodic;

  constructor(private readonly options: LeaseKeeperOptions) {
    const { heartbeatMs, log } = options;
    this.keeper = new Periodic({
      name: 'Taking the lease',
      everyMs: heartbeatMs,
      gapMs: RETRY_GAP_MS,
      task: () => this.keep(),
      unasked: () => this.id() === undefined,
      log,
    });
  }

  /** Takes the first lease. Rejects when the database does not give one. */
  async start(): Promise<void> {
    await this.keep();
    this.keeper.start();
  }

  /** The id to claim under; undefined while this process has no right to work. */
  id(): string | undefined {
    return this.lease?.isHeld() === true ? this.lease.id : undefined;
  }

  /** Gives the lease up and frees what is claimed under it. */
  async stop(): Promise<void> {
    await this.keeper.stop();
    await this.lease?.release();
  }

  private async keep(): Promise<void> {
    if (this.lease?.isHeld() === true) return;
    const lease = await ReplicaLease.take(this.options);
    lease.signal.addEventListener('abort', () => {
      this.options.onLost(lease.id);
      this.keeper.wake();
    });
    this.lease = lease;
  }
}
