import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

/** Refused requests by what limited them: a name from our code, never an address or an account. */
@Injectable()
export class RateLimitMetrics {
  private readonly refusals: Counter<'limit'>;

  constructor(registry: Registry) {
    this.refusals = new Counter({
      name: 'rate_limit_refusals_total',
      help: 'Requests answered 429 RATE_LIMITED, by limit.',
      labelNames: ['limit'],
      registers: [registry],
    });
  }

  refused(limit: string): void {
    this.refusals.inc({ limit });
  }
}
