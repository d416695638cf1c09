import { Lookout } from '@app/database';
import { seededRandom } from '@app/definition';
import { sized } from '@app/testing';
import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ProviderMetrics } from '../provider.metrics.js';
import { AccountLimits, type SharedStore } from './account-limits.service.js';

const POLL_MS = 250;
const account = { userId: 'u', origin: 'https://x', name: 'integration 1' };
const SEEDS = sized({ ci: 8, full: 200 });
const MINUTES = 2;

beforeEach(() => {
  Logger.overrideLogger(false);
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** A Redis as `permits.lua.ts` makes it one, for any number of processes, each of which may not reach it. */
class ModelRedis {
  private since = 0;
  private readonly permits = new Map<string, number>();

  forgetAll(): void {
    this.permits.clear();
    this.since = performance.now();
  }

  take({ max, heldMs, blindMs }: Parameters<SharedStore['take']>[1], permit: string): number {
    const now = performance.now();
    for (const [id, until] of this.permits) if (until <= now) this.permits.delete(id);
    if (now < this.since + blindMs) return this.since + blindMs - now;
    if (this.permits.size >= max) return 20;
    this.permits.set(permit, now + heldMs);
    return 0;
  }

  answered(windowMs: number, permit: string): void {
    const until = performance.now() + windowMs;
    if ((this.permits.get(permit) ?? 0) > until) this.permits.set(permit, until);
  }

  tellIncomplete(): void {
    this.since = performance.now();
  }
}

interface Row {
  id: string;
  isApart: boolean | null;
  isDead: boolean;
}

/** A world of replicas, a PostgreSQL, a Redis and a provider, in which chance decides. */
class Troubled {
  readonly came: number[] = [];
  private readonly rows: Row[] = [];
  private readonly redis = new ModelRedis();
  private readonly cutOff = new Set<string>();
  private readonly withoutRows = new Set<string>();
  private readonly dead = new Set<string>();
  private born = 0;
  private isOver = false;

  constructor(
    private readonly random: () => number,
    private readonly limit: { max: number; per_ms: number },
  ) {}

  /** Up to so many ms, most often far fewer. */
  private lag(most: number): Promise<void> {
    return sleep(most * this.random() ** 4);
  }

  private shared(id: string): SharedStore {
    // What is sent may arrive although its answer does not.
    const ask = async <T>(work: () => T, lost: T): Promise<T> => {
      await this.lag(90);
      if (this.cutOff.has(id)) return lost;
      const answer = work();
      await this.lag(10);
      return this.cutOff.has(id) ? lost : answer;
    };
    return {
      isThere: () => ask(() => true, false),
      forget: () => ask(() => (this.redis.tellIncomplete(), true), false),
      take: (_account, rules, permit) => ask<number | undefined>(() => this.redis.take(rules, permit), undefined),
      answered: (_account, windowMs, permit) => ask<void>(() => this.redis.answered(windowMs, permit), undefined),
    };
  }

  private pool(row: Row): Pool {
    const query = async ({ name, values }: { name: string; values?: [string, boolean] }): Promise<unknown> => {
      await this.lag(60);
      if (this.withoutRows.has(row.id)) throw new Error('PostgreSQL is away');
      if (name === 'publish-counting' && values !== undefined && !row.isDead) row.isApart = values[1];
      const rows = this.rows.filter(({ isApart, isDead }) => isApart !== null && (!isDead || isApart));
      const found = rows.map((one) => ({ ...one }));
      await this.lag(60);
      return { rows: [{ replicas: found, counting: found }] };
    };
    return { query } as unknown as Pool;
  }

  start(): void {
    const id = `r${String((this.born += 1)).padStart(4, '0')}`;
    const row: Row = { id, isApart: null, isDead: false };
    this.rows.push(row);
    const pool = this.pool(row);
    const lookout = new Lookout({ pool, log: new Logger('test') });
    const limits = new AccountLimits({
      pool,
      shared: this.shared(id),
      replicaId: () => (this.dead.has(id) ? undefined : id),
      metrics: new ProviderMetrics(new Registry()),
      lookout,
      pollMs: POLL_MS,
    });
    void limits.start();
    lookout.start();
    for (let n = 0; n < 4; n += 1) void this.callOnAndOn(id, limits);
    void this.until(() => this.isOver || this.dead.has(id)).then(() => Promise.all([lookout.stop(), limits.stop()]));
  }

  /** kill -9 of the oldest: its calls end where they are, and the others learn of it when its lease is over. */
  kill(): void {
    const row = this.rows.find(({ id }) => !this.dead.has(id));
    if (row === undefined) return;
    this.dead.add(row.id);
    void sleep(1_200).then(() => (row.isDead = true));
  }

  private async callOnAndOn(id: string, limits: AccountLimits): Promise<void> {
    while (!this.isOver && !this.dead.has(id)) {
      const taken = await limits.take(account, this.limit);
      if ('ms' in taken) await sleep(Math.min(taken.ms, 2_000) + this.random() * taken.spreadMs);
      else {
        await this.lag(3_500);
        if (!taken.isGood() || this.dead.has(id)) continue;
        await this.lag(900);
        this.came.push(performance.now());
        await this.lag(3_000);
        if (!this.dead.has(id)) taken.answered();
      }
    }
  }

  private async until(condition: () => boolean): Promise<void> {
    while (!condition()) await sleep(500);
  }

  /** Something happens. */
  trouble(): void {
    const live = this.rows.filter(({ id }) => !this.dead.has(id)).map(({ id }) => id);
    const some = live[Math.floor(this.random() * live.length)];
    const troubles = [
      () => this.redis.forgetAll(),
      () => live.forEach((id) => this.cutOff.add(id)),
      () => some !== undefined && this.cutOff.add(some),
      () => (live.forEach((id) => this.cutOff.add(id)), this.redis.forgetAll()),
      () => some !== undefined && this.withoutRows.add(some),
      () => this.heal(),
      () => this.heal(),
      () => (this.kill(), this.start()),
      () => live.length < 4 && this.start(),
      () => live.length > 2 && this.kill(),
    ];
    troubles[Math.floor(this.random() * troubles.length)]?.();
  }

  heal(): void {
    this.cutOff.clear();
    this.withoutRows.clear();
  }

  async end(): Promise<void> {
    this.isOver = true;
    await vi.advanceTimersByTimeAsync(10_000);
  }

  /** Most calls that came in any window. */
  most(): number {
    const came = this.came.toSorted((a, b) => a - b);
    return Math.max(...came.map((at) => came.filter((other) => other >= at && other < at + this.limit.per_ms).length));
  }
}

it.each(Array.from({ length: SEEDS }, (_, n) => [n] as const))(
  'never more calls than the limit in any window, and calls again when the trouble is over: seed %i',
  { timeout: 60_000 },
  async (seed) => {
    const random = seededRandom(`limits ${seed}`);
    const limit = { max: 1 + Math.floor(random() * 8), per_ms: Math.floor(500 + random() * 4_000) };
    const world = new Troubled(random, limit);
    for (let n = 0; n < 3; n += 1) world.start();
    for (let second = 0; second < MINUTES * 60;) {
      const step = 1 + Math.floor(random() * 25);
      second += step;
      await vi.advanceTimersByTimeAsync(step * 1_000);
      world.trouble();
    }
    world.heal();
    const before = world.came.length;
    await vi.advanceTimersByTimeAsync(60_000);
    await world.end();
    expect(world.most()).toBeLessThanOrEqual(limit.max);
    expect(world.came.length - before).toBeGreaterThan(limit.max);
  },
);
