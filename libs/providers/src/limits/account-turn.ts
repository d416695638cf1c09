import { setTimeout } from 'node:timers/promises';
import type { ProviderAccount } from '../account.js';
import type { AccountLimit } from '../integrations/account-limit.shape.js';
import type { AccountLimits, LimitWait } from './account-limits.service.js';
import type { Permit } from './permit.js';

/** The turn of one call among all of an account with a limit. */
export class AccountTurn {
  private permit: Permit | undefined;

  constructor(
    private readonly limits: Pick<AccountLimits, 'take'>,
    private readonly account: ProviderAccount,
    private readonly limit: AccountLimit,
  ) {}

  /** @returns undefined when the call may be made at once */
  async take(): Promise<LimitWait | undefined> {
    const taken = await this.limits.take(this.account, this.limit);
    this.permit = 'ms' in taken ? undefined : taken;
    return 'ms' in taken ? taken : undefined;
  }

  /** What a call that has missed its turn waits for: another one. */
  get anotherTurn(): LimitWait {
    return { ms: 1, spreadMs: this.limit.per_ms / this.limit.max };
  }

  /** Whether it was the call's turn, and it has not left in time. */
  get isMissed(): boolean {
    return this.permit !== undefined && !this.permit.isGood();
  }

  /** Whether it is the call's turn. */
  get isNow(): boolean {
    return this.permit?.isGood() === true;
  }

  /** The call is over, whatever came of it. */
  end(): void {
    this.permit?.answered();
  }

  /**
   * The call was answered with a redirect, and its provider sees another one: resolves when it is the turn of that.
   * @param signal the call's own: its time goes on
   */
  async again(signal: AbortSignal): Promise<void> {
    this.end();
    for (let wait = await this.take(); wait !== undefined; wait = await this.take()) {
      await setTimeout(wait.ms, undefined, { signal });
    }
  }
}
