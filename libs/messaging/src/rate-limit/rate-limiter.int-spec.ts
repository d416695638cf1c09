import { redisCommand } from '@app/servers';
import { eventually, TestRedisServer } from '@app/testing';
import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AttemptLimiter } from './attempt-limiter.js';
import { LimitStore } from './limit-store.js';
import { RateLimiter } from './rate-limiter.js';

const small = { perMinute: 5, burst: 5 };
const large = { perMinute: 1_000, burst: 1_000 };
const delays = { free: 2, firstMs: 2_000, longestMs: 900_000, forgottenAfterMs: 3_600_000 };

/** What one process has. */
class Replica {
  readonly store = new LimitStore(server.config);
  readonly limiter = new RateLimiter(this.store);
  readonly attempts = new AttemptLimiter(this.store);

  constructor() {
    this.store.onModuleInit();
  }

  /** Waits until what it is asked is answered by Redis. */
  async connected(): Promise<this> {
    await eventually(async () => {
      const key = randomUUID();
      await this.limiter.take(key, small);
      return (await redisCommand(server.url, 'EXISTS', `ratelimit:{${key}}`)) === '1';
    });
    return this;
  }

  /** How many of so many requests are let through, all at the same time. */
  async allowed(key: string, times: number, rate = small): Promise<number> {
    const taken = await Promise.all(Array.from({ length: times }, async () => this.limiter.take(key, rate)));
    return taken.filter(({ allowed }) => allowed).length;
  }
}

let server: TestRedisServer;
let one: Replica;
let two: Replica;
let key: string;

beforeAll(async () => {
  Logger.overrideLogger(false);
  server = await TestRedisServer.start();
});
afterAll(() => server.stop());
beforeEach(async () => {
  key = randomUUID();
  [one, two] = await Promise.all([new Replica().connected(), new Replica().connected()]);
});
afterEach(() => {
  one.store.onApplicationShutdown();
  two.store.onApplicationShutdown();
});

describe('a bucket', () => {
  it('is shared by all replicas, also when all are asked at once', async () => {
    const allowed = await Promise.all([one.allowed(key, 10), two.allowed(key, 10)]);
    expect(allowed[0] + allowed[1]).toBe(5);
    expect(await one.limiter.take(key, small)).toMatchObject({ allowed: false, remaining: 0, limit: 5 });
  });

  it('says what is left and when there is more', async () => {
    const first = await one.limiter.take(key, small);
    expect(first).toMatchObject({ allowed: true, remaining: 4, limit: 5, retryAfterMs: 0 });
    expect(first.resetMs).toBeLessThanOrEqual(12_000);
    const refused = await two.limiter.take(key, small, 5);
    expect(refused).toMatchObject({ allowed: false, remaining: 4 });
    expect(refused.retryAfterMs).toBeGreaterThan(0);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(12_000);
  });

  it('lives in Redis about as long as it takes to be full', async () => {
    await one.allowed(key, 5);
    const livesMs = Number(await redisCommand(server.url, 'PTTL', `ratelimit:{${key}}`));
    expect(livesMs).toBeGreaterThan(0);
    expect(livesMs).toBeLessThanOrEqual(60_000);
  });

  it('that is large is not asked for each request, and never gives more than it has', async () => {
    const asked = [one, two].map(({ store }) => vi.spyOn(store, 'run'));
    const startedAt = performance.now();
    const allowed = await Promise.all([one.allowed(key, 900, large), two.allowed(key, 900, large)]);
    const regained = ((performance.now() - startedAt) * large.perMinute) / 60_000;
    expect(allowed[0] + allowed[1]).toBeLessThanOrEqual(1_000 + Math.ceil(regained));
    expect(allowed[0] + allowed[1]).toBeGreaterThan(950);
    expect(asked[0]!.mock.calls.length + asked[1]!.mock.calls.length).toBeLessThan(500);
  });
});

describe('without Redis', () => {
  it('each process counts by itself, and goes back to counting together', async () => {
    await server.kill();
    expect([await one.allowed(key, 10), await two.allowed(key, 10)]).toEqual([5, 5]);
    await server.restart();
    await Promise.all([one.connected(), two.connected()]);
    const other = randomUUID();
    const allowed = await Promise.all([one.allowed(other, 10), two.allowed(other, 10)]);
    expect(allowed[0] + allowed[1]).toBe(5);
  });

  it('is decided at once when Redis takes commands and does not answer', async () => {
    await redisCommand(server.url, 'CLIENT', 'PAUSE', '600000', 'ALL');
    expect(await one.allowed(key, 10)).toBe(5);
    await server.kill();
    await server.restart();
  });

  it('an emptied one has full buckets, and is told the scripts anew', async () => {
    await one.allowed(key, 5);
    await server.flush();
    await redisCommand(server.url, 'SCRIPT', 'FLUSH');
    expect(await two.allowed(key, 10)).toBe(5);
  });
});

describe('the delay between attempts', () => {
  /** Lets the wait be over without waiting. */
  const waitOver = (): Promise<string> =>
    redisCommand(server.url, 'HSET', `ratelimit:{attempts:${key}}`, 'next_at', '0');

  it('grows with each failure, for all replicas', async () => {
    const waits: number[] = [];
    for (let failures = 0; failures < 6; failures += 1) {
      expect(await one.attempts.begin(key, delays)).toBe(0);
      const waitMs = await two.attempts.begin(key, delays);
      if (waitMs === 0) await two.attempts.abandoned(key);
      else await waitOver();
      waits.push(Math.ceil(waitMs / 1_000));
    }
    expect(waits).toEqual([0, 0, 2, 4, 8, 16]);
  });

  it('lets through of many at the same time as many as one after the other', async () => {
    const waits = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one : two).attempts.begin(key, delays)),
    );
    expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(3);
  });

  it('is gone after a success', async () => {
    for (let failures = 0; failures < 3; failures += 1) await one.attempts.begin(key, delays);
    expect(await two.attempts.begin(key, delays)).toBeGreaterThan(0);
    await two.attempts.succeeded(key);
    expect(await one.attempts.begin(key, delays)).toBe(0);
  });

  it('does not grow by what was abandoned', async () => {
    for (let index = 0; index < 10; index += 1) {
      expect(await one.attempts.begin(key, delays)).toBe(0);
      await one.attempts.abandoned(key);
    }
    await one.attempts.abandoned(randomUUID());
  });

  it('is forgotten, and waited for, without Redis too', async () => {
    await server.kill();
    const waits: boolean[] = [];
    for (let index = 0; index < 5; index += 1) waits.push((await one.attempts.begin(key, delays)) > 0);
    expect(waits).toEqual([false, false, false, true, true]);
    await server.restart();
    await one.connected();
    expect(await one.attempts.begin(key, delays)).toBe(0);
  });
});
