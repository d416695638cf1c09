import { describe, expect, it } from 'vitest';
import { backOffMs } from './back-off.js';

describe('backOffMs', () => {
  it('doubles from the first delay on', () => {
    expect([0, 1, 2, 3].map((retries) => backOffMs(5_000, retries, 0.5))).toEqual([5_000, 10_000, 20_000, 40_000]);
  });

  it('spreads by a fifth and stops at an hour', () => {
    expect(backOffMs(1_000, 0, 0)).toBe(800);
    expect(backOffMs(1_000, 0, 1)).toBe(1_200);
    expect(backOffMs(5_000, 500, 0.5)).toBe(3_600_000);
  });
});
