import { describe, expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.js';

const now = Date.parse('2026-11-25T12:00:00Z');

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    ['7', 7_000],
    [' 120 ', 120_000],
    ['3600', 3_600_000],
    ['3601', 3_600_000],
    ['99999999999999999999', 3_600_000],
    ['Wed, 25 Nov 2026 12:00:30 GMT', 30_000],
    ['Wed, 25 Nov 2026 11:00:00 GMT', 0],
    ['Thu, 26 Nov 2026 12:00:00 GMT', 3_600_000],
  ])('%j is %i ms', (value, ms) => expect(retryAfterMs(value, now)).toBe(ms));

  it.each([undefined, '', '-1', '1.5', '1e3', 'soon', '2026-11-25', 'Wed, 99 Nov 2026 12:00:30 GMT', '1, 2'])(
    '%j says nothing',
    (value) => expect(retryAfterMs(value, now)).toBeUndefined(),
  );
});
