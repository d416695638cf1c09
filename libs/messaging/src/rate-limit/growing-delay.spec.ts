import { describe, expect, it } from 'vitest';
import { delayAfter } from './growing-delay.js';
import { LocalAttempts } from './local-attempts.js';

const rules = { free: 2, firstMs: 2_000, longestMs: 900_000, forgottenAfterMs: 3_600_000 };

describe('delayAfter', () => {
  it('doubles from the first failure that is not free up to the longest wait', () => {
    const seconds = Array.from({ length: 14 }, (_, failures) => delayAfter(failures, rules) / 1_000);
    expect(seconds).toEqual([0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    expect(delayAfter(1_000_000, rules)).toBe(900_000);
  });
});

describe('LocalAttempts', () => {
  let nowMs = 0;

  /** Fails whenever it may, and returns the waits that were asked of it. */
  function failTimes(attempts: LocalAttempts, times: number): number[] {
    return Array.from({ length: times }, () => {
      expect(attempts.begin('ada', rules)).toBe(0);
      const waitMs = attempts.begin('ada', { ...rules });
      if (waitMs > 0) nowMs += waitMs;
      else attempts.abandoned('ada');
      return waitMs / 1_000;
    });
  }

  it('lets nobody try before the wait is over, and makes each wait longer', () => {
    const attempts = new LocalAttempts(() => nowMs);
    expect(failTimes(attempts, 6)).toEqual([0, 0, 2, 4, 8, 16]);
  });

  it('does not make the wait longer for those who ask while it lasts', () => {
    const attempts = new LocalAttempts(() => nowMs);
    failTimes(attempts, 2);
    attempts.begin('ada', rules);
    expect(Array.from({ length: 5 }, () => attempts.begin('ada', rules))).toEqual(
      Array.from({ length: 5 }, () => 2_000),
    );
  });

  it('forgets failures when one succeeds, and when the last is long ago', () => {
    const attempts = new LocalAttempts(() => nowMs);
    failTimes(attempts, 4);
    attempts.begin('ada', rules);
    attempts.succeeded('ada');
    expect(failTimes(attempts, 3)).toEqual([0, 0, 2]);
    nowMs += rules.forgottenAfterMs;
    expect(failTimes(attempts, 3)).toEqual([0, 0, 2]);
  });

  it('does not count what was abandoned', () => {
    const attempts = new LocalAttempts(() => nowMs);
    for (let index = 0; index < 10; index += 1) {
      expect(attempts.begin('ada', rules)).toBe(0);
      attempts.abandoned('ada');
    }
    attempts.abandoned('nobody');
  });
});
