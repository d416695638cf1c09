import { RateLimitModule } from '@app/messaging';
import { Module } from '@nestjs/common';
import { GeneralLimiter } from './general-limiter.js';
import { ProxyHint } from './proxy-hint.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RateLimitHooks } from './rate-limit.hooks.js';
import { RateLimitMetrics } from './rate-limit.metrics.js';

/** How often the API may be called. */
@Module({
  imports: [RateLimitModule],
  providers: [RateLimitMetrics, GeneralLimiter, ProxyHint, RateLimitHooks, RateLimitGuard],
  exports: [RateLimitModule, RateLimitMetrics, RateLimitHooks, RateLimitGuard],
})
export class HttpRateLimitModule {}
