import { describe, expect, it } from 'vitest';
import { BackOff } from './back-off.js';

describe('BackOff', () => {
  it('doubles up to half a minute', () => {
    const backOff = new BackOff();
    const waits = Array.from({ length: 9 }, () => backOff.next(0));
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('forgets failures once a process ran for a minute', () => {
    const backOff = new BackOff();
    backOff.next(0);
    backOff.next(0);
    expect(backOff.next(60_000)).toBe(250);
    expect(backOff.next(0)).toBe(500);
  });
});
