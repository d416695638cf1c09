import { newId } from '@app/contracts';
import type { Lookout } from '@app/database';
import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import type { ProviderAccount } from '../account.js';
import type { AccountLimit } from '../integrations/account-limit.shape.js';
import type { ProviderMetrics } from '../provider.metrics.js';
import { Counting, type CountingRead, type ReplicaRow, type SharedMemory, type Way } from './counting.js';
import { countingSql } from './counting.sql.js';
import { limitTimes, type LimitTimes } from './limit-times.js';
import { LocalPermits } from './local-permits.js';
import { Permit } from './permit.js';

/** However far away a turn is, somebody looks again after this time, in ms: others may have given theirs up. */
const LONGEST_WAIT_MS = 600_000;
/** A wait for what will be known soon: how calls are counted, or whether Redis answers. */
const SOON: LimitWait = { ms: 1_000, spreadMs: 2_000 };

/** A call has to wait. */
export interface LimitWait {
  /** How long before asking again. */
  ms: number;
  /** Over how many ms those who were told the same go on, so that they do not all ask at once. */
  spreadMs: number;
}

/** Permits that all replicas take theirs from: `SharedPermits` of libs/messaging. */
export interface SharedStore extends SharedMemory {
  take(
    account: string,
    rules: { max: number; windowMs: number; heldMs: number; blindMs: number },
    permit: string,
  ): Promise<number | undefined>;
  answered(account: string, windowMs: number, permit: string): Promise<void>;
}

export interface AccountLimitsOptions {
  pool: Pool;
  shared: SharedStore;
  /** This process among the replicas; undefined while it has no right to work. */
  replicaId: () => string | undefined;
  metrics: ProviderMetrics;
  /** Reads what the others do. */
  lookout: Pick<Lookout, 'watch'>;
  /** How often a process reads what the others do, in ms. */
  pollMs: number;
}

/**
 * Sees to it that the provider of an account with a limit never gets more calls than that, from all replicas together
 * (docs/adr/0029-integrations.md). Calls of other accounts do not come here.
 */
export class AccountLimits {
  private readonly times: LimitTimes;
  private readonly local = new LocalPermits(now);
  private readonly counting: Counting;
  private readonly log = new Logger(AccountLimits.name);
  private looking: Promise<void> | undefined;

  constructor(private readonly options: AccountLimitsOptions) {
    const { pollMs: everyMs, pool, shared, replicaId, lookout } = options;
    this.times = limitTimes(everyMs);
    this.counting = new Counting({ pool, shared, replicaId, times: this.times, now });
    lookout.watch<ReplicaRow[]>({
      name: 'counting',
      sql: countingSql,
      everyMs,
      seen: (rows, at) => this.lookAt({ rows: rows ?? [], at }),
    });
  }

  /** Resolves when it is known how calls are counted; rejects when that cannot be read. */
  async start(): Promise<void> {
    await this.look();
  }

  async stop(): Promise<void> {
    await this.looking;
  }

  /** Asks for the permit of one call. Never rejects. */
  async take(account: ProviderAccount, limit: AccountLimit): Promise<Permit | LimitWait> {
    const { leave } = this.times;
    const key = `${account.userId}:${account.name}`;
    const permit = new Permit(newId(), now() + leave, (id) => this.answered(key, limit, id));
    const wait = await this.ask(key, limit, permit.id);
    if (wait === undefined) return permit;
    this.options.metrics.limited.inc();
    return { ...wait, ms: Math.min(wait.ms, LONGEST_WAIT_MS) };
  }

  /** @returns undefined when the permit was given */
  private async ask(key: string, limit: AccountLimit, permit: string): Promise<LimitWait | undefined> {
    const current = this.counting.current;
    if (current === undefined) return SOON;
    const { late, settle } = this.times;
    const { max, per_ms: windowMs } = limit;
    const heldMs = late + windowMs;
    const { way, since } = current;
    if (!way.isApart) {
      const rules = { max, windowMs, heldMs, blindMs: settle + windowMs };
      const waitMs = await this.options.shared.take(key, rules, permit);
      return waitMs === undefined ? SOON : waitOf(waitMs, limit);
    }
    const part = { max: partOf(max, way), per_ms: windowMs };
    // Another replica has a part, and whoever waits may come to it; or Redis comes back.
    if (part.max === 0) return { ms: SOON.ms, spreadMs: Math.max(SOON.spreadMs, windowMs) };
    return waitOf(this.local.take(key, part, since + settle + windowMs, heldMs, permit), part);
  }

  private answered(key: string, { per_ms }: AccountLimit, permit: string): void {
    this.local.answered(key, per_ms, permit);
    void this.options.shared.answered(key, per_ms, permit);
  }

  /** One look at a time: the next one is not far. */
  private lookAt(read: CountingRead): void {
    this.looking ??= this.look(read)
      .catch((error: unknown) => this.log.warn(`How this process counts calls cannot be told: ${String(error)}`))
      .finally(() => (this.looking = undefined));
  }

  private async look(read?: CountingRead): Promise<void> {
    await this.counting.look(read);
    this.local.sweep();
    this.options.metrics.apart.set(this.counting.current?.way.isApart === true ? 1 : 0);
  }
}

/** Those who wait were told times of their own already. */
function waitOf(ms: number, { max, per_ms }: AccountLimit): LimitWait | undefined {
  return ms === 0 ? undefined : { ms, spreadMs: per_ms / max };
}

/** A replica's part of a limit: together they are the limit. The first ones have what cannot be divided. */
function partOf(max: number, { replicas, rank }: Extract<Way, { isApart: true }>): number {
  return Math.floor(max / replicas) + (rank < max % replicas ? 1 : 0);
}

function now(): number {
  return performance.now();
}
