/** A clock that stands still until a test moves it. Times are milliseconds since the epoch. */
export class FakeClock {
  constructor(private time = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  /** Moves the clock forward by `ms` and returns the new time. */
  advance(ms: number): number {
    if (ms < 0) throw new RangeError('a clock does not run backwards');
    this.time += ms;
    return this.time;
  }
}
