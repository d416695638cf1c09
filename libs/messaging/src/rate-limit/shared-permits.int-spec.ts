import { redisCommand } from '@app/servers';
import { eventually, TestRedisServer } from '@app/testing';
import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LimitStore } from './limit-store.js';
import { SharedPermits, type PermitRules } from './shared-permits.js';

const DAY_MS = 86_400_000;
/** Nothing runs out while a test looks. */
const rules: PermitRules = { max: 3, windowMs: DAY_MS, heldMs: 2 * DAY_MS, blindMs: 0 };

let server: TestRedisServer;
let stores: LimitStore[] = [];
let one: SharedPermits;
let two: SharedPermits;
let account: string;

beforeAll(async () => {
  Logger.overrideLogger(false);
  server = await TestRedisServer.start();
});
afterAll(() => server.stop());
beforeEach(async () => {
  account = randomUUID();
  [one, two] = [await connected(), await connected()];
});
afterEach(async () => {
  for (const store of stores) store.onApplicationShutdown();
  stores = [];
});

/** What one process has. */
async function connected(): Promise<SharedPermits> {
  const store = new LimitStore(server.config);
  stores.push(store);
  store.onModuleInit();
  const permits = new SharedPermits(store);
  await eventually(() => permits.isThere());
  return permits;
}

const take = (by: SharedPermits, more: Partial<PermitRules> = {}) =>
  by.take(account, { ...rules, ...more }, randomUUID());

describe('permits that all replicas share', () => {
  it('are as many as the limit, however many ask at once', async () => {
    const taken = await Promise.all(Array.from({ length: 40 }, (_, n) => take(n % 2 === 0 ? one : two)));
    expect(taken.filter((waitMs) => waitMs === 0)).toHaveLength(rules.max);
  });

  it('come back a window after their calls were answered, and earlier than when nobody says so', async () => {
    const permit = randomUUID();
    const short = { ...rules, max: 1, windowMs: 1, heldMs: DAY_MS };
    expect(await one.take(account, short, permit)).toBe(0);
    expect(await two.take(account, short, randomUUID())).toBeGreaterThan(0);
    await two.answered(account, 1, permit);
    await eventually(async () => (await take(two, short)) === 0);
    await one.answered(account, DAY_MS, 'of nobody');
    expect(await take(one, { ...short, max: 2 })).toBe(0);
  });

  it('come back when nobody says that their calls were answered', async () => {
    expect(await take(one, { max: 1, heldMs: 50 })).toBe(0);
    await eventually(async () => (await take(two, { max: 1, windowMs: 1 })) === 0);
  });

  it('are waited for at times of one’s own, as far apart as permits come back', async () => {
    const windowMs = 60_000;
    const waits: number[] = [];
    for (let n = 0; n < 9; n += 1) waits.push((await take(one, { windowMs, heldMs: 90_000 })) ?? NaN);
    expect(waits.slice(0, 3)).toEqual([0, 0, 0]);
    const told = waits.slice(3);
    expect(told[0]).toBeGreaterThan(59_000);
    expect(told[0]).toBeLessThanOrEqual(windowMs);
    told.slice(1).forEach((ms, i) => {
      expect(ms - told[i]!).toBeGreaterThan(19_000);
      expect(ms - told[i]!).toBeLessThanOrEqual(20_001);
    });
  });

  it.each([
    ['was emptied', () => server.flush()],
    ['was restarted', async () => (await server.kill(), await server.restart())],
    [
      'was restarted with what it had saved before',
      async () => {
        await redisCommand(server.url, 'SAVE');
        await server.kill();
        await server.restart();
      },
    ],
    [
      'has lost what it remembers alone',
      async () => void (await redisCommand(server.url, 'DEL', 'ratelimit:{permits}:remembered')),
    ],
    ['was told that it does not know everything', async () => void (await one.forget())],
  ])('are not given by a Redis that %s before what it does not know is over', async (_what, forget) => {
    const blind = { blindMs: 60_000 };
    // What it gave before is unknown to it now; what it will give is not a burst.
    await eventually(async () => (await take(one)) === 0);
    await forget();
    await eventually(async () => (await two.isThere()) && (await one.isThere()));
    for (const by of [one, two, one, two]) {
      const waitMs = await take(by, blind);
      expect(waitMs).toBeGreaterThan(50_000);
    }
    expect(await take(two, { blindMs: 0 })).toBe(0);
  });

  it('are not given from a bucket that was deleted before what it held is over, and those of others are', async () => {
    const permit = randomUUID();
    expect(await one.take(account, { ...rules, heldMs: 60_000 }, permit)).toBe(0);
    await redisCommand(server.url, 'DEL', `ratelimit:{permits}:${account}`);
    for (const by of [one, two, one, two])
      expect(await take(by, { windowMs: 1, heldMs: 90_000 })).toBeGreaterThan(50_000);
    expect(await two.take(randomUUID(), rules, randomUUID())).toBe(0);
  });

  it('are given from a bucket that is gone because nothing in it counted any more', async () => {
    const permit = randomUUID();
    const short = { ...rules, max: 1, windowMs: 1 };
    expect(await one.take(account, short, permit)).toBe(0);
    await two.answered(account, 1, permit);
    await redisCommand(server.url, 'DEL', `ratelimit:{permits}:${account}`);
    // A moment later nothing counts; had the answer not been heard of, it would for two days.
    await eventually(async () => (await take(two, short)) === 0);
  });

  it('are given at once for a new account of a Redis that remembers', async () => {
    await take(one);
    account = randomUUID();
    await eventually(async () => (await take(one, { blindMs: 1 })) === 0);
  });

  it('are nobody’s while Redis is away', async () => {
    await server.kill();
    expect(await take(one)).toBeUndefined();
    expect(await one.forget()).toBe(false);
    expect(await one.isThere()).toBe(false);
    await one.answered(account, 1, 'x');
    await server.restart();
  });
});
