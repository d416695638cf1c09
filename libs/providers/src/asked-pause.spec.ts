import { describe, expect, it } from 'vitest';
import { askedPauseMs } from './asked-pause.js';

const now = Date.parse('2026-11-25T12:00:00Z');
const epoch = now / 1_000;
const ms = (status: number, headers: Record<string, string>): number => askedPauseMs({ status, headers }, now);

describe('askedPauseMs', () => {
  it.each([429, 503, 403])('%i with Retry-After is a pause', (status) => {
    expect(ms(status, { 'retry-after': '30' })).toBe(30_000);
    expect(ms(status, { 'retry-after': 'Wed, 25 Nov 2026 12:00:30 GMT' })).toBe(30_000);
    expect(ms(status, {})).toBe(0);
    expect(ms(status, { 'retry-after': '0' })).toBe(0);
  });

  it.each([200, 202, 301, 404, 500])('%i with Retry-After is about something else', (status) => {
    expect(ms(status, { 'retry-after': '30' })).toBe(0);
  });

  it.each([
    ['RateLimit, revision 8 and later', { ratelimit: '"burst";r=0;t=30' }],
    ['of several, the one that is used up', { ratelimit: '"day";r=17;t=9000, "burst"; r=0; t=30' }],
    ['with a parameter of its own', { ratelimit: '"burst";r=0;t=30;pk=:QUI=:' }],
    ['RateLimit, revision 7', { ratelimit: 'limit=10, remaining=0, reset=30' }],
    ['RateLimit-Remaining and -Reset', { 'ratelimit-remaining': '0', 'ratelimit-reset': '30' }],
    ['X-RateLimit in seconds', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30' }],
    ['X-RateLimit as a time', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(epoch + 30) }],
    ['as a time in milliseconds', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now + 30_000) }],
    ['with decimals', { 'x-ratelimit-remaining': '0.0', 'x-ratelimit-reset': '29.9991' }],
    ['X-Rate-Limit', { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': String(epoch + 30) }],
    [
      "as a time by the provider's own clock",
      {
        date: 'Wed, 25 Nov 2026 15:00:00 GMT',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(epoch + 3 * 3_600 + 30),
      },
    ],
  ])('nothing left is a pause, whatever the status: %s', (_form, headers) => {
    for (const status of [200, 403, 429]) expect(ms(status, headers as Record<string, string>)).toBe(30_000);
  });

  it.each<Record<string, string>>([
    { ratelimit: '"burst";r=1;t=30' },
    { ratelimit: '"burst";r=10;t=30' },
    { ratelimit: '"r=0";r=5;t=30' },
    { ratelimit: 'limit=10, remaining=10, reset=30' },
    { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '30' },
    { 'x-ratelimit-reset': '30' },
    { 'x-ratelimit-remaining': '0' },
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'soon' },
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '-5' },
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(epoch - 60) },
    { 'x-ratelimit-remaining': '', 'x-ratelimit-reset': '30' },
  ])('%j is none', (headers) => expect(ms(200, headers)).toBe(0));

  it('believes Retry-After before a reset', () => {
    expect(ms(429, { 'retry-after': '5', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3000' })).toBe(5_000);
  });

  it('is an hour at most', () => {
    expect(ms(429, { 'retry-after': '99999999999999999999' })).toBe(3_600_000);
    expect(ms(429, { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' })).toBe(3_600_000);
    expect(ms(200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '999999999999999' })).toBe(3_600_000);
    expect(ms(200, { ratelimit: `"a";r=0;t=${'9'.repeat(400)}` })).toBe(0);
  });
});
