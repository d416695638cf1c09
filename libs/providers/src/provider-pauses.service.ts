import type { AccountPaused } from '@app/contracts';
import type { Lookout } from '@app/database';
import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import type { ProviderAccount } from './account.js';
import { askedPauseMs, LONGEST_PAUSE_MS, type ProviderAnswer } from './asked-pause.js';
import { KnownPauses } from './known-pauses.js';
import { pausesSql, pauseSql } from './provider-pauses.sql.js';
import type { ProviderMetrics } from './provider.metrics.js';

/** Ends of pauses are rounded up to so many ms: calls that are refused together then write one row, once. */
const GRAIN_MS = 250;
/** A look goes back beyond the one before it by this much, in ms: a row may have been written and not yet committed. */
const OVERLAP_MS = 10_000;

/** What pauses are told and read with. */
export interface ProviderPausesOptions {
  pool: Pool;
  /** Tells the other processes at once; may come to nothing. */
  tell: (paused: AccountPaused) => void;
  metrics: ProviderMetrics;
  /** Reads what was not told to this process. */
  lookout: Pick<Lookout, 'watch'>;
  /** Longest time after which that is read, in ms. */
  pollMs: number;
}

/**
 * Which accounts must not be called, because their providers asked for it (docs/adr/0019-provider-pauses.md). What calls
 * ask is in memory; it is fed by the answers this process gets, by what others tell, and by the rows in PostgreSQL.
 */
export class ProviderPauses {
  private readonly log = new Logger(ProviderPauses.name);
  private readonly known = new KnownPauses(() => performance.now());
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: ProviderPausesOptions) {
    options.lookout.watch<AccountPaused[]>({
      name: 'pauses',
      sql: pausesSql,
      value: () => this.sinceMs(),
      everyMs: options.pollMs,
      seen: (rows, askedAt) => this.take(rows ?? [], askedAt),
    });
  }

  /** Resolves when every pause of before is known: no call may be made earlier. Rejects when they cannot be read. */
  async start(): Promise<void> {
    const startedAt = performance.now();
    const { rows } = await this.options.pool.query<{ pauses: AccountPaused[] | null }>({
      name: 'read-pauses',
      text: `SELECT ${pausesSql} AS pauses`,
      values: [this.sinceMs()],
    });
    this.take(rows[0]?.pauses ?? [], startedAt);
  }

  /** How long a call that is about to be made has to wait, in ms; 0 when it does not. Costs no question to anybody. */
  waitMs(account: ProviderAccount): number {
    const ms = Math.ceil(this.known.remainingMs(account));
    if (ms > 0) this.options.metrics.waits.inc();
    return ms;
  }

  /**
   * Takes in what an answer says about further calls of its account. A pause is in PostgreSQL when this resolves, unless
   * PostgreSQL is away; never rejects.
   * @param nowMs ms since 1970, for answers that do not say what time it is
   * @returns how long the next call of the account has to wait, in ms; at once for an answer that asks for nothing
   */
  heed(account: ProviderAccount, answer: ProviderAnswer, nowMs: number): number | Promise<number> {
    const ms = askedPauseMs(answer, nowMs);
    const longest = (): number => Math.ceil(Math.max(ms, this.known.remainingMs(account)));
    return ms === 0 ? longest() : this.pause(account, ms).then(longest);
  }

  /** Somebody else was asked to wait. */
  hear({ user_id: userId, account: name, for_ms }: AccountPaused): void {
    this.known.add({ userId, name }, performance.now() + Math.min(for_ms, LONGEST_PAUSE_MS));
  }

  private async pause(account: ProviderAccount, ms: number): Promise<void> {
    const now = performance.now();
    const endsAt = Math.ceil((now + ms) / GRAIN_MS) * GRAIN_MS;
    if (!this.known.add(account, endsAt)) return;
    const forMs = Math.min(Math.ceil(endsAt - now), LONGEST_PAUSE_MS);
    this.options.metrics.pauses.inc();
    const { userId, name } = account;
    this.options.tell({ user_id: userId, account: name, for_ms: forMs });
    try {
      await this.options.pool.query({ name: 'pause-account', text: pauseSql, values: [userId, name, forMs] });
    } catch (error) {
      this.log.warn(`The pause of an account is known to this process and perhaps to no other: ${String(error)}`);
    }
  }

  /** At first, all that may still count. */
  private sinceMs(): number {
    return Math.ceil(Math.min(performance.now() - this.readAt, LONGEST_PAUSE_MS) + OVERLAP_MS);
  }

  private take(pauses: readonly AccountPaused[], readAt: number): void {
    for (const paused of pauses) this.hear(paused);
    this.known.sweep();
    this.options.metrics.paused.set(this.known.size);
    this.readAt = readAt;
  }
}
