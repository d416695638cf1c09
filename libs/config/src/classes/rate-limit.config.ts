import { Max, Min } from 'class-validator';
import { integer } from '../parsers/integer.parser.js';
import { Variable } from '../variable.decorator.js';

/** How often the API may be called. */
export class RateLimitConfig {
  /** Requests per minute of an address without credentials. Signing in and the like: a fifth of it. */
  @Variable('RATE_LIMIT_REQUESTS_PER_MINUTE', integer)
  @Min(1)
  @Max(1_000_000_000)
  requestsPerMinute = 100;

  /** Requests that an address without credentials may send at once. */
  @Variable('RATE_LIMIT_BURST_SIZE', integer)
  @Min(1)
  @Max(1_000_000_000)
  burstSize = 20;

  /** Requests per minute of a user, those of all their sessions and API keys together. */
  @Variable('RATE_LIMIT_USER_PER_MINUTE', integer)
  @Min(1)
  @Max(1_000_000_000)
  userPerMinute = 6_000;

  /** Deliveries per minute to a webhook address. */
  @Variable('RATE_LIMIT_HOOK_PER_MINUTE', integer)
  @Min(1)
  @Max(1_000_000_000)
  hookPerMinute = 6_000;

  /** Wrong passwords for an account from one address before the next attempt has to wait: 2 s, 4 s, 8 s, up to 15 min. */
  @Variable('LOGIN_FREE_FAILURES', integer)
  @Min(0)
  @Max(1_000_000)
  loginFreeFailures = 5;
}
