import { BoundedMap } from './bounded-map.js';
import type { Rate } from './rate.js';
import { takeTokens, type Grant, type Wanted } from './token-bucket.js';

/** Addresses that one process counts for at the same time while Redis is away; about 2 MB. */
const MOST_BUCKETS = 10_000;

/** The buckets of this process alone, for when Redis is away. A bucket that was forgotten is full again. */
export class LocalBuckets {
  private readonly fullAtMs = new BoundedMap<number>(MOST_BUCKETS);

  /** @param now milliseconds of a clock that only goes forward */
  constructor(private readonly now: () => number) {}

  take(key: string, rate: Rate, wanted: Wanted): Grant {
    const { fullAtMs, ...grant } = takeTokens(rate, wanted, this.fullAtMs.get(key) ?? 0, this.now());
    if (grant.granted > 0) this.fullAtMs.set(key, fullAtMs);
    return grant;
  }
}
