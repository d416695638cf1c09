import { Global, Module } from '@nestjs/common';
import { HttpRateLimitModule } from '../../http/rate-limit/http-rate-limit.module.js';
import { AuthThrottle } from './auth-throttle.service.js';
import { KnownAddresses } from './known-addresses.service.js';

/** Stricter limits for everything that strangers may do to get in: `@Throttled()` works in every module. */
@Global()
@Module({
  imports: [HttpRateLimitModule],
  providers: [AuthThrottle, KnownAddresses],
  exports: [AuthThrottle],
})
export class AuthThrottleModule {}
