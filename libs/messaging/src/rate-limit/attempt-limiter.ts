import { Injectable } from '@nestjs/common';
import type { DelayRules } from './growing-delay.js';
import { abandonedScript, beginAttemptScript, succeededScript } from './growing-delay.lua.js';
import { LimitStore } from './limit-store.js';
import { LocalAttempts } from './local-attempts.js';

/**
 * Growing delays between attempts that fail, kept in Redis for all replicas, and by each process alone while Redis is
 * away. An emptied Redis forgets failures, which costs an attacker's delay and nobody's access.
 */
@Injectable()
export class AttemptLimiter {
  private readonly local = new LocalAttempts(() => performance.now());

  constructor(private readonly store: LimitStore) {}

  /**
   * Begins an attempt. It counts as failed until `succeeded` or `abandoned` says otherwise.
   * @returns how long to wait in ms; 0 when the attempt may be made
   */
  async begin(key: string, rules: DelayRules): Promise<number> {
    const { free, firstMs, longestMs, forgottenAfterMs } = rules;
    const answer = await this.store.run(beginAttemptScript, keyOf(key), [free, firstMs, longestMs, forgottenAfterMs]);
    return answer?.[0] ?? this.local.begin(key, rules);
  }

  /** It was right: the failures before it are forgotten. */
  async succeeded(key: string): Promise<void> {
    this.local.succeeded(key);
    await this.store.run(succeededScript, keyOf(key), []);
  }

  /** It came to nothing for a reason that is not the caller's: as if it had not been made. */
  async abandoned(key: string): Promise<void> {
    this.local.abandoned(key);
    await this.store.run(abandonedScript, keyOf(key), []);
  }
}

function keyOf(key: string): string {
  return `ratelimit:{attempts:${key}}`;
}
