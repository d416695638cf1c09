import { BoundedMap } from './bounded-map.js';
import { delayAfter, type Attempts, type DelayRules } from './growing-delay.js';

/** Pairs of account and address that one process remembers while Redis is away. */
const MOST_PAIRS = 10_000;

/** Attempts as this process alone knows them; `growing-delay.lua.ts` says the same to Redis. */
export class LocalAttempts {
  private readonly attempts = new BoundedMap<Attempts>(MOST_PAIRS);

  /** @param now milliseconds of a clock that only goes forward */
  constructor(private readonly now: () => number) {}

  /** @returns how long to wait in ms; 0 when the attempt may be made, which counts as failed for the time being */
  begin(key: string, rules: DelayRules): number {
    const nowMs = this.now();
    const known = this.attempts.get(key);
    const { failures, nextAtMs } =
      known === undefined || nowMs - known.nextAtMs >= rules.forgottenAfterMs ? { failures: 0, nextAtMs: 0 } : known;
    if (nextAtMs > nowMs) return Math.ceil(nextAtMs - nowMs);
    this.attempts.set(key, { failures: failures + 1, nextAtMs: nowMs + delayAfter(failures + 1, rules) });
    return 0;
  }

  succeeded(key: string): void {
    this.attempts.delete(key);
  }

  abandoned(key: string): void {
    const known = this.attempts.get(key);
    if (known === undefined) return;
    if (known.failures <= 1) this.attempts.delete(key);
    else this.attempts.set(key, { failures: known.failures - 1, nextAtMs: this.now() });
  }
}
