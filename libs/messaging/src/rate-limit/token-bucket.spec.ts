import { describe, expect, it } from 'vitest';
import { takeTokens } from './token-bucket.js';

const rate = { perMinute: 60, burst: 5 };
const one = { cost: 1, extra: 0 };

describe('takeTokens', () => {
  it('gives a burst at once and then one token at a time', () => {
    let fullAtMs = 0;
    const given = [0, 0, 0, 0, 0, 0, 999, 1_000, 1_001].map((nowMs) => {
      const grant = takeTokens(rate, one, fullAtMs, nowMs);
      ({ fullAtMs } = grant);
      return [grant.granted, grant.remaining, grant.retryAfterMs];
    });
    expect(given).toEqual([
      [1, 4, 0],
      [1, 3, 0],
      [1, 2, 0],
      [1, 1, 0],
      [1, 0, 0],
      [0, 0, 1_000],
      [0, 0, 1],
      [1, 0, 0],
      [0, 0, 999],
    ]);
  });

  it('is full again after its time, and never fuller', () => {
    const { fullAtMs } = takeTokens(rate, { cost: 5, extra: 0 }, 0, 1_000);
    expect(fullAtMs).toBe(6_000);
    expect(takeTokens(rate, one, fullAtMs, 3_600_000)).toMatchObject({ granted: 1, remaining: 4, resetMs: 1_000 });
  });

  it('gives more than was asked for only when there is more', () => {
    expect(takeTokens(rate, { cost: 2, extra: 2 }, 0, 0)).toMatchObject({ granted: 4, remaining: 1 });
    expect(takeTokens(rate, { cost: 2, extra: 9 }, 0, 0)).toMatchObject({ granted: 5, remaining: 0 });
    expect(takeTokens(rate, { cost: 6, extra: 9 }, 0, 0)).toMatchObject({ granted: 0, remaining: 5 });
  });

  it('never gives more than burst and pace allow, however it is asked', () => {
    let fullAtMs = 0;
    let given = 0;
    for (let nowMs = 0; nowMs < 60_000; nowMs += 7) {
      const grant = takeTokens(rate, { cost: 1, extra: nowMs % 3 }, fullAtMs, nowMs);
      ({ fullAtMs } = grant);
      given += grant.granted;
      expect(given).toBeLessThanOrEqual(rate.burst + (nowMs * rate.perMinute) / 60_000 + 1e-3);
    }
    expect(given).toBe(rate.burst + 59);
  });
});
