import { describe, expect, it } from 'vitest';
import { Advance, ADVANCE_MS } from './advance.js';
import { takeTokens } from './token-bucket.js';

const user = { perMinute: 6_000, burst: 6_000 };
const login = { perMinute: 20, burst: 20 };
const given = { remaining: 100, resetMs: 10, retryAfterMs: 0 };

describe('an advance', () => {
  it('holds nothing at first, and of a small bucket never anything', () => {
    const advance = new Advance();
    expect(advance.nextSize(user, 0)).toBe(0);
    for (let index = 0; index < 50; index += 1) advance.refill(login, 1, { granted: 1, ...given }, index);
    expect(advance.nextSize(login, 50)).toBe(0);
    expect(advance.take(login, 1, 50)).toBeUndefined();
  });

  it('grows while it is used up in time, and shrinks to what was of use', () => {
    const advance = new Advance();
    const sizes: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const size = advance.nextSize(user, round);
      sizes.push(size);
      advance.refill(user, 1, { granted: 1 + size, ...given }, round);
      while (advance.take(user, 1, round) !== undefined);
    }
    expect(sizes).toEqual([0, 2, 6, 14, 30, 46, 46, 46]);
    advance.refill(user, 1, { granted: 47, ...given }, 8);
    advance.take(user, 1, 9);
    expect(advance.nextSize(user, 8 + ADVANCE_MS)).toBe(2);
  });

  it('ends: what was not used by then is lost', () => {
    const advance = new Advance();
    advance.refill(user, 1, { granted: 11, ...given }, 0);
    expect(advance.take(user, 1, ADVANCE_MS - 1)).toMatchObject({ allowed: true, limit: 6_000 });
    expect(advance.take(user, 1, ADVANCE_MS)).toBeUndefined();
  });

  it('remembers a refusal until there is a token again', () => {
    const advance = new Advance();
    advance.refill(login, 1, { granted: 0, remaining: 0, resetMs: 60_000, retryAfterMs: 600 }, 0);
    expect(advance.take(login, 1, 599)).toMatchObject({ allowed: false, retryAfterMs: 1 });
    expect(advance.take(login, 1, 600)).toBeUndefined();
  });

  it('never lets more through in any minute than the bucket and a second more', () => {
    const advances = [new Advance(), new Advance(), new Advance()];
    let fullAtMs = 0;
    const usedAt: number[] = [];
    // Three replicas that are asked as fast as they can, each in bursts of its own.
    for (let nowMs = 0; nowMs < 150_000; nowMs += 5) {
      for (const [index, advance] of advances.entries()) {
        if (Math.floor(nowMs / (700 + index * 400)) % 3 === index) continue;
        for (let asked = 0; asked < 3; asked += 1) {
          let taken = advance.take(user, 1, nowMs);
          if (taken === undefined) {
            const grant = takeTokens(user, { cost: 1, extra: advance.nextSize(user, nowMs) }, fullAtMs, nowMs);
            ({ fullAtMs } = grant);
            taken = advance.refill(user, 1, grant, nowMs);
          }
          if (taken.allowed) usedAt.push(nowMs);
        }
      }
    }
    const most = user.burst + (user.perMinute * (60_000 + ADVANCE_MS)) / 60_000;
    for (let start = 0; start + 60_000 <= 150_000; start += 500) {
      const used = usedAt.filter((at) => at >= start && at < start + 60_000).length;
      expect(used).toBeLessThanOrEqual(most);
    }
    expect(usedAt.length).toBeGreaterThan(user.burst + user.perMinute * 2 * 0.9);
  });
});
