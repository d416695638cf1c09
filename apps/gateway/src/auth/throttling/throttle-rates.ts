import type { RateLimitConfig } from '@app/config';
import type { DelayRules, Rate } from '@app/messaging';

/** The stricter limits. They are parts of the general one, so that there is one thing to set. */
export interface ThrottleRates {
  /** Of an address, for each action. */
  readonly address: Rate;
  /** Of an account, over all addresses it has never signed in from. */
  readonly account: Rate;
  /** Mails to an account. */
  readonly mail: Rate;
  /** Between wrong attempts at an account from one address. */
  readonly delay: DelayRules;
}

/** With the defaults: 20 a minute and address, 10 a minute and account, a mail a minute and account. */
export function throttleRates({ requestsPerMinute, burstSize, loginFreeFailures }: RateLimitConfig): ThrottleRates {
  return {
    address: { perMinute: requestsPerMinute / 5, burst: burstSize },
    account: { perMinute: requestsPerMinute / 10, burst: Math.ceil(burstSize / 2) },
    mail: { perMinute: requestsPerMinute / 100, burst: Math.ceil(burstSize / 4) },
    delay: { free: loginFreeFailures, firstMs: 2_000, longestMs: 900_000, forgottenAfterMs: 3_600_000 },
  };
}
