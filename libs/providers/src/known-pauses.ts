/** Accounts of one owner whose pauses are remembered: a wildcard of host names must not fill a process, or a table. */
export const MOST_ACCOUNTS = 100;

/** Whose account, and which. */
interface AccountKey {
  userId: string;
  name: string;
}

/** The pauses that this process knows of. */
export class KnownPauses {
  private readonly byUser = new Map<string, Map<string, number>>();

  /** @param now ms of a clock that only goes forward */
  constructor(private readonly now: () => number) {}

  /**
   * The longest pause of an account counts.
   * @param endsAt by the clock
   * @returns whether it is news: longer than what was known
   */
  add({ userId, name }: AccountKey, endsAt: number): boolean {
    if (endsAt <= (this.byUser.get(userId)?.get(name) ?? 0)) return false;
    const accounts = this.byUser.get(userId) ?? new Map<string, number>();
    if (!accounts.has(name) && accounts.size >= MOST_ACCOUNTS) return false;
    this.byUser.set(userId, accounts.set(name, endsAt));
    return true;
  }

  /** How long the calls of an account still wait, in ms; 0 when they do not. */
  remainingMs({ userId, name }: AccountKey): number {
    const endsAt = this.byUser.get(userId)?.get(name);
    return endsAt === undefined ? 0 : Math.max(endsAt - this.now(), 0);
  }

  /** Forgets what is over. */
  sweep(): void {
    const now = this.now();
    for (const [userId, accounts] of this.byUser) {
      for (const [name, endsAt] of accounts) if (endsAt <= now) accounts.delete(name);
      if (accounts.size === 0) this.byUser.delete(userId);
    }
  }

  /** Accounts that wait. */
  get size(): number {
    return [...this.byUser.values()].reduce((sum, { size }) => sum + size, 0);
  }
}
