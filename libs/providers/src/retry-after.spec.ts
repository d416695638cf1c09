import { describe, expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.js';

const now = Date.parse('2026-11-25T12:00:00Z');
const of = (value: string, more = {}): number | undefined => retryAfterMs({ 'retry-after': value, ...more }, now);

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    ['7', 7_000],
    [' 120 ', 120_000],
    ['86400', 86_400_000],
    ['Wed, 25 Nov 2026 12:00:30 GMT', 30_000],
    ['Wed, 25 Nov 2026 11:00:00 GMT', 0],
    ['Thu, 26 Nov 2026 12:00:00 GMT', 86_400_000],
  ])('%j is %i ms', (value, ms) => expect(of(value)).toBe(ms));

  it.each(['', '-1', '1.5', '1e3', 'soon', '2026-11-25', 'Wed, 99 Nov 2026 12:00:30 GMT', '1, 2'])(
    '%j says nothing',
    (value) => expect(of(value)).toBeUndefined(),
  );

  it('goes by the clock of whoever names a date', () => {
    const date = 'Wed, 25 Nov 2026 14:59:50 GMT';
    expect(of('Wed, 25 Nov 2026 15:00:00 GMT', { date })).toBe(10_000);
    expect(of('Wed, 25 Nov 2026 12:00:30 GMT', { date: 'yesterday' })).toBe(30_000);
    expect(of('5', { date })).toBe(5_000);
  });

  it('is nothing where there is none', () => expect(retryAfterMs({}, now)).toBeUndefined());
});
