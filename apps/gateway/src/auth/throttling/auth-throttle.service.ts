import { RateLimitConfig } from '@app/config';
import { AppError } from '@app/contracts';
import { AttemptLimiter, RateLimiter, type Rate } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { networkOf } from '../../http/rate-limit/network.js';
import { RateLimitMetrics } from '../../http/rate-limit/rate-limit.metrics.js';
import { rateLimited } from '../../http/rate-limit/rate-limited.js';
import { accountKey } from './account-key.js';
import { KnownAddresses } from './known-addresses.service.js';
import { throttleRates, type ThrottleRates } from './throttle-rates.js';
import { mailingActions, type ThrottledAction } from '../../http/rate-limit/throttled-action.js';

/** Something that a stranger may not do often. */
export interface Throttled {
  action: ThrottledAction;
  /** Where it comes from: the device's IP address. */
  ipAddress: string;
  /** The e-mail address it is about, as it was typed, whether it has an account or not. */
  email?: string | undefined;
}

/** What keeps strangers from trying often, without giving them a way to keep anybody out. See docs/adr/0010-throttling.md. */
@Injectable()
export class AuthThrottle {
  private readonly rates: ThrottleRates;

  constructor(
    config: RateLimitConfig,
    private readonly limiter: RateLimiter,
    private readonly attempts: AttemptLimiter,
    private readonly known: KnownAddresses,
    private readonly metrics: RateLimitMetrics,
  ) {
    this.rates = throttleRates(config);
  }

  /**
   * Counts something that cannot fail by guessing, like asking for a mail, or whose account is not known beforehand.
   * @throws AppError RATE_LIMITED before anything is done
   */
  async take(what: Throttled): Promise<void> {
    const { action, ipAddress, email } = what;
    await this.takeFrom(`${action}:address:${networkOf(ipAddress)}`, this.rates.address, action);
    if (email !== undefined) await this.takeFromAccount(email, what);
  }

  /**
   * Lets somebody try to prove who they are. Each failure from the same address makes the next attempt at the account
   * wait longer; a success clears that. `work` has failed in this sense when it rejects with UNAUTHORIZED, or with
   * VALIDATION_FAILED for the field `current_password`.
   * @throws AppError RATE_LIMITED before `work` is called, and whatever `work` throws
   */
  async attempt<T>(what: Throttled & { email: string }, work: () => Promise<T>): Promise<T> {
    const { email, ipAddress, action } = what;
    // One pair for all ways to prove a password: they guess at the same one.
    const pair = `${accountKey(email)}:${networkOf(ipAddress)}`;
    await this.take(what);
    const waitMs = await this.attempts.begin(pair, this.rates.delay);
    if (waitMs > 0) throw this.refusal(action, waitMs);
    try {
      const result = await work();
      await this.attempts.succeeded(pair);
      return result;
    } catch (error) {
      if (!isWrongProof(error)) await this.attempts.abandoned(pair);
      throw error;
    }
  }

  /**
   * An address from which the account signed in before is not held up by what strangers do to the account. For mails it
   * has to be the account of whoever reads them: anybody can make one with another person's address.
   */
  private async takeFromAccount(email: string, { action, ipAddress }: Throttled): Promise<void> {
    const isMail = mailingActions.has(action);
    const rate = isMail ? this.rates.mail : this.rates.account;
    const taken = await this.limiter.take(`${action}:account:${accountKey(email)}`, rate);
    if (taken.allowed || (await this.known.isKnown(email, ipAddress, { isProved: isMail }))) return;
    throw this.refusal(action, taken.retryAfterMs);
  }

  private async takeFrom(key: string, rate: Rate, action: ThrottledAction): Promise<void> {
    const taken = await this.limiter.take(key, rate);
    if (!taken.allowed) throw this.refusal(action, taken.retryAfterMs);
  }

  private refusal(action: ThrottledAction, retryAfterMs: number): AppError {
    this.metrics.refused(action);
    return rateLimited('Too many attempts', retryAfterMs);
  }
}

/** Whether an error says that what was guessed is wrong; a malformed request or a queue that is full says nothing. */
function isWrongProof(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  return error.code === 'UNAUTHORIZED' || (error.errors ?? []).some(({ field }) => field === 'current_password');
}
