import { Injectable } from '@nestjs/common';
import { Advance } from './advance.js';
import { BoundedMap } from './bounded-map.js';
import { LimitStore } from './limit-store.js';
import { LocalBuckets } from './local-buckets.js';
import type { Rate, Taken } from './rate.js';
import { takeTokensScript } from './take-tokens.lua.js';
import type { Grant, Wanted } from './token-bucket.js';

/** Buckets whose advances and refusals a process remembers; a forgotten one costs a question to Redis. */
const MOST_ADVANCES = 10_000;

/**
 * Token buckets in Redis, shared by all replicas. While Redis is away or slow, each process counts by itself with the
 * same rates: a request is neither held up nor failed for want of Redis.
 */
@Injectable()
export class RateLimiter {
  private readonly local = new LocalBuckets(() => performance.now());
  private readonly advances = new BoundedMap<Advance>(MOST_ADVANCES);
  private readonly asked = new Map<string, Promise<Taken>>();

  constructor(private readonly store: LimitStore) {}

  /**
   * Takes tokens from a bucket, all that it costs or none: at once when they were taken in advance. Never rejects.
   * @param key of the bucket; holds no secret and nothing about a person that may not be in Redis
   */
  take(key: string, rate: Rate, cost = 1): Taken | Promise<Taken> {
    const advance = this.advanceOf(key);
    const answer = advance.take(rate, cost, performance.now());
    if (answer !== undefined) return answer;
    const asked = this.asked.get(key);
    if (asked === undefined) return this.ask(key, advance, rate, cost);
    // Somebody asks for this bucket already: either there is something in advance afterwards, or a refusal.
    return asked.then(() => this.take(key, rate, cost));
  }

  private advanceOf(key: string): Advance {
    const known = this.advances.get(key);
    if (known !== undefined) return known;
    const advance = new Advance();
    this.advances.set(key, advance);
    return advance;
  }

  private ask(key: string, advance: Advance, rate: Rate, cost: number): Promise<Taken> {
    const extra = advance.nextSize(rate, performance.now());
    const asked = this.grant(key, rate, { cost, extra })
      .then((grant) => advance.refill(rate, cost, grant, performance.now()))
      .finally(() => this.asked.delete(key));
    this.asked.set(key, asked);
    return asked;
  }

  private async grant(key: string, rate: Rate, wanted: Wanted): Promise<Grant> {
    const { perMinute, burst } = rate;
    const values = [perMinute, burst, wanted.cost, wanted.extra];
    const answer = await this.store.run(takeTokensScript, `ratelimit:{${key}}`, values);
    if (answer === undefined) return this.local.take(key, rate, { ...wanted, extra: 0 });
    const [granted = 0, remaining = 0, resetMs = 0, retryAfterMs = 0] = answer;
    return { granted, remaining, resetMs, retryAfterMs };
  }
}
