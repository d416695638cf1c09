import { RateLimitConfig } from '@app/config';
import type { AppError } from '@app/contracts';
import { RateLimiter, type Rate } from '@app/messaging';
import { hashToken } from '@app/security';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { whenThere, type NowOrLater } from '../now-or-later.js';
import { limitHeaders } from './limit-headers.js';
import { networkOf } from './network.js';
import { RateLimitMetrics } from './rate-limit.metrics.js';
import { rateLimited } from './rate-limited.js';

const refusals = {
  address: 'Too many requests from this address',
  user: 'Too many requests of this user',
  hook: 'Too many deliveries to this address',
} as const;

/** Whose bucket a request is taken from. */
export type LimitKind = keyof typeof refusals;

/** The limits that every request is under, whatever it asks for. */
@Injectable()
export class GeneralLimiter {
  private readonly rates: Record<LimitKind, Rate>;

  constructor(
    config: RateLimitConfig,
    private readonly limiter: RateLimiter,
    private readonly metrics: RateLimitMetrics,
  ) {
    const { requestsPerMinute, burstSize, userPerMinute, hookPerMinute } = config;
    this.rates = {
      address: { perMinute: requestsPerMinute, burst: burstSize },
      // Who is known may use their minute at once.
      user: { perMinute: userPerMinute, burst: userPerMinute },
      hook: { perMinute: hookPerMinute, burst: hookPerMinute },
    };
  }

  /**
   * Takes a request from somebody's bucket and says in the answer's headers how full that is.
   * @param who an IP address, a user's id or a hook's token
   * @returns why the request is refused; undefined when it is not
   */
  take(kind: LimitKind, who: string, reply: FastifyReply): NowOrLater<AppError | undefined> {
    const rate = this.rates[kind];
    return whenThere(this.limiter.take(`${kind}:${keyOf(kind, who)}`, rate), (taken) => {
      void reply.headers(limitHeaders(kind, rate, taken));
      if (taken.allowed) return undefined;
      this.metrics.refused(kind);
      return rateLimited(refusals[kind], taken.retryAfterMs);
    });
  }
}

/** A hook's token opens the hook, so it is not handed to Redis. */
function keyOf(kind: LimitKind, who: string): string {
  if (kind === 'address') return networkOf(who);
  return kind === 'hook' ? hashToken(who) : who;
}
