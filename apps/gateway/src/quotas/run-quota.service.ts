import { QuotaConfig } from '@app/config';
import { AppError } from '@app/contracts';
import { RateLimiter } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { parkedRunsSql, quotaHolderSql } from './run-quota.sql.js';

/** How long a count of parked runs is believed, in ms; so is when to come back. */
const COUNT_FOR_MS = 1_000;
/** People whose figures are remembered; then they are all asked for again. */
const MOST_REMEMBERED = 10_000;

interface Count {
  at: number;
  parked: Promise<number>;
}

/** How many runs a person may start, by hand, by triggers and by machines of theirs. */
@Injectable()
export class RunQuotaService {
  /** False when no quota is set: then nothing is to be asked. */
  readonly isSet: boolean;
  private readonly holders = new Map<string, string>();
  private readonly counts = new Map<string, Count>();

  constructor(
    private readonly pool: Pool,
    private readonly config: QuotaConfig,
    private readonly limiter: RateLimiter,
  ) {
    this.isSet = config.runsPerMinute > 0 || config.parkedRuns > 0;
  }

  /** @throws AppError QUOTA_EXCEEDED */
  async take(userId: string): Promise<void> {
    const holder = await this.holderOf(userId);
    const { runsPerMinute, parkedRuns } = this.config;
    if (parkedRuns > 0 && (await this.parkedOf(holder)) >= parkedRuns) throw tooManyParked(parkedRuns);
    if (runsPerMinute === 0) return;
    const rate = { perMinute: runsPerMinute, burst: runsPerMinute };
    const { allowed, retryAfterMs } = await this.limiter.take(`quota-runs:${holder}`, rate);
    if (!allowed) throw tooManyPerMinute(runsPerMinute, retryAfterMs);
  }

  /** Whose machine an account is never changes. */
  private async holderOf(userId: string): Promise<string> {
    const known = this.holders.get(userId);
    if (known !== undefined) return known;
    const { rows } = await this.pool.query<{ holder: string }>(quotaHolderSql, [userId]);
    const holder = rows[0]?.holder ?? userId;
    if (this.holders.size >= MOST_REMEMBERED) this.holders.clear();
    this.holders.set(userId, holder);
    return holder;
  }

  /** At most one count of a person at a time and in a second; it may be that old. */
  private parkedOf(holder: string): Promise<number> {
    const known = this.counts.get(holder);
    const now = performance.now();
    if (known !== undefined && now - known.at < COUNT_FOR_MS) return known.parked;
    if (this.counts.size >= MOST_REMEMBERED) this.counts.clear();
    const parked = this.countParked(holder);
    this.counts.set(holder, { at: now, parked });
    return parked;
  }

  private async countParked(holder: string): Promise<number> {
    const values = [holder, this.config.parkedRuns];
    const { rows } = await this.pool.query<{ parked: number }>(parkedRunsSql, values).catch((error: unknown) => {
      this.counts.delete(holder);
      throw error;
    });
    return rows[0]?.parked ?? 0;
  }
}

function tooManyPerMinute(quota: number, retryAfterMs: number): AppError {
  const retryAfterS = Math.max(Math.ceil(retryAfterMs / 1_000), 1);
  const message = `Your account may start ${quota} runs a minute and has; try again in ${retryAfterS} s.`;
  return new AppError({ code: 'QUOTA_EXCEEDED', kind: 'user', message, retryAfterS });
}

function tooManyParked(quota: number): AppError {
  const message =
    `Your account may have ${quota} parked runs and has: runs that wait for a time or an event. ` +
    'Let some of them finish, or cancel them (POST /api/v1/runs/:id/cancel), then try again.';
  return new AppError({ code: 'QUOTA_EXCEEDED', kind: 'user', message, retryAfterS: COUNT_FOR_MS / 1_000 });
}
