import { loadConfig, RateLimitConfig } from '@app/config';
import { expect, it } from 'vitest';
import { throttleRates } from './throttle-rates.js';

it('the stricter limits follow from the general one, and hold at least one', () => {
  expect(throttleRates(loadConfig(RateLimitConfig, {}))).toEqual({
    address: { perMinute: 20, burst: 20 },
    account: { perMinute: 10, burst: 10 },
    mail: { perMinute: 1, burst: 5 },
    delay: { free: 5, firstMs: 2_000, longestMs: 900_000, forgottenAfterMs: 3_600_000 },
  });
  const least = { RATE_LIMIT_REQUESTS_PER_MINUTE: '1', RATE_LIMIT_BURST_SIZE: '1', LOGIN_FREE_FAILURES: '0' };
  const { address, account, mail } = throttleRates(loadConfig(RateLimitConfig, least));
  expect([address.burst, account.burst, mail.burst]).toEqual([1, 1, 1]);
});
