import { Module } from '@nestjs/common';
import { AttemptLimiter } from './attempt-limiter.js';
import { LimitStore } from './limit-store.js';
import { RateLimiter } from './rate-limiter.js';

/** Limits that all replicas share. Needs `RedisConfig`; starts without Redis. */
@Module({
  providers: [LimitStore, RateLimiter, AttemptLimiter],
  exports: [RateLimiter, AttemptLimiter],
})
export class RateLimitModule {}
