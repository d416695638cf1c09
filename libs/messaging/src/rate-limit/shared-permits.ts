import { Injectable } from '@nestjs/common';
import { LimitStore } from './limit-store.js';
import { answeredScript, answersScript, forgetScript, takePermitScript } from './permits.lua.js';

const MEMORY = 'ratelimit:{permits}:remembered';

/** How permits of an account are given. All times in ms. */
export interface PermitRules {
  /** Most permits that count at the same time. */
  max: number;
  /** How long one counts after its call was answered. */
  windowMs: number;
  /** How long one counts when nobody says that its call was answered. */
  heldMs: number;
  /** How long nothing is given after Redis has begun to remember. */
  blindMs: number;
}

/** Permits in Redis, which all replicas take theirs from. Whatever is wrong with Redis: soon undefined, never a rejection. */
@Injectable()
export class SharedPermits {
  constructor(private readonly store: LimitStore) {}

  /**
   * @param permit a name that nobody else gives one
   * @returns 0 when it was given, or how long to wait in ms; undefined when Redis is away, and it may have been given
   */
  async take(
    account: string,
    { max, windowMs, heldMs, blindMs }: PermitRules,
    permit: string,
  ): Promise<number | undefined> {
    const values = [max, windowMs, heldMs, blindMs, permit];
    const answer = await this.store.run(takePermitScript, [keyOf(account), MEMORY], values);
    if (answer === undefined) return undefined;
    const [given = 0, waitMs = 0] = answer;
    return given === 1 ? 0 : Math.max(waitMs, 1);
  }

  /** The call of a permit was answered. When nobody hears of it, the permit counts longer. */
  async answered(account: string, windowMs: number, permit: string): Promise<void> {
    await this.store.run(answeredScript, [keyOf(account), MEMORY], [windowMs, permit]);
  }

  /** Tells Redis that calls have been made that it knows nothing of. @returns whether it has heard */
  async forget(): Promise<boolean> {
    return (await this.store.run(forgetScript, MEMORY, [])) !== undefined;
  }

  async isThere(): Promise<boolean> {
    return (await this.store.run(answersScript, [], [])) !== undefined;
  }
}

function keyOf(account: string): string {
  return `ratelimit:{permits}:${account}`;
}
