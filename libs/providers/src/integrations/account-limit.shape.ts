import { IsInt, Max, Min } from 'class-validator';

/** Most calls that a window may hold: each is remembered until its window is over. */
const MOST = 10_000;
/** Longest window, in ms. After an outage of Redis a window of waiting is what certainty costs. */
const LONGEST_MS = 3_600_000;

/** How many calls of an account its provider may see in any `per_ms` milliseconds, from all replicas together. */
export class AccountLimit {
  @IsInt()
  @Min(1)
  @Max(MOST)
  max: number;

  @IsInt()
  @Min(1)
  @Max(LONGEST_MS)
  per_ms: number;
}

/** A limit that a type has unless its owner says another. */
export function accountLimit(max: number, per_ms: number): AccountLimit {
  return Object.assign(new AccountLimit(), { max, per_ms });
}
