import type { AccountLimit } from '../integrations/account-limit.shape.js';

interface Permits {
  /** Until when each counts, by the clock. */
  until: Map<string, number>;
  /** When the next one who has to wait may come. */
  nextAt: number;
}

/** The permits that a process gives by itself, by the rules of `permits.lua.ts` of libs/messaging. */
export class LocalPermits {
  private readonly accounts = new Map<string, Permits>();

  /** @param now ms of a clock that only goes forward */
  constructor(private readonly now: () => number) {}

  /**
   * @param limit this process's part of it
   * @param opensAt nothing is given before, by the clock
   * @param heldMs how long the permit counts when nobody says that its call was answered
   * @returns 0 when it was given, or how long to wait in ms
   */
  take(account: string, { max, per_ms }: AccountLimit, opensAt: number, heldMs: number, permit: string): number {
    const now = this.now();
    const permits = this.accounts.get(account) ?? { until: new Map<string, number>(), nextAt: 0 };
    this.accounts.set(account, permits);
    forgetOver(permits, now);
    const { until } = permits;
    if (now >= opensAt && until.size < max) {
      until.set(permit, now + heldMs);
      return 0;
    }
    const over = until.size < max ? now : Math.min(...until.values(), now + per_ms);
    const from = Math.max(opensAt, permits.nextAt, over);
    permits.nextAt = from + per_ms / max;
    return Math.max(Math.ceil(from - now), 1);
  }

  /** The call of a permit was answered. */
  answered(account: string, perMs: number, permit: string): void {
    const until = this.accounts.get(account)?.until;
    const held = until?.get(permit);
    if (held !== undefined) until?.set(permit, Math.min(held, this.now() + perMs));
  }

  /** Forgets accounts whose permits are over. */
  sweep(): void {
    const now = this.now();
    for (const [account, permits] of this.accounts) {
      forgetOver(permits, now);
      if (permits.until.size === 0 && permits.nextAt <= now) this.accounts.delete(account);
    }
  }
}

function forgetOver({ until }: Permits, now: number): void {
  for (const [permit, endsAt] of until) if (endsAt <= now) until.delete(permit);
}
