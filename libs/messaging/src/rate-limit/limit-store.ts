import { RedisConfig } from '@app/config';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Redis } from 'ioredis';
import { logOutages } from '../redis/outage-log.js';
import { forgetful, redisOptions } from '../redis/redis-options.js';
import type { Script } from './script.js';

/** Longer than this nobody waits for Redis to say whether they may go on. */
const LONGEST_WAIT_MS = 100;
/** After a failure Redis is left alone for so long: requests must not queue up behind one that is slow. */
const PAUSE_MS = 1_000;

/** What a script reads and writes, and its ARGV. */
type Keys = string | readonly string[];
type Values = readonly (number | string)[];

/** Where limits are kept for all replicas. Whatever is wrong with Redis, it answers soon, if only that it cannot. */
@Injectable()
export class LimitStore implements OnModuleInit, OnApplicationShutdown {
  private readonly redis: Redis;
  private readonly log = new Logger(LimitStore.name);
  private pausedUntilMs = 0;

  constructor(config: RedisConfig) {
    this.redis = new Redis({ ...redisOptions(config), ...forgetful });
    logOutages(this.redis, 'limits', this.log);
  }

  onModuleInit(): void {
    this.redis.connect().catch(() => undefined);
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }

  /** What a script answers; undefined when Redis is away or too slow. Never rejects. */
  async run(script: Script, keys: Keys, values: Values): Promise<number[] | undefined> {
    if (this.redis.status !== 'ready' || performance.now() < this.pausedUntilMs) return undefined;
    try {
      return await soon(this.evaluate(script, typeof keys === 'string' ? [keys] : keys, values));
    } catch (error) {
      this.pause(error);
      return undefined;
    }
  }

  /** By its name first; a Redis that was restarted or emptied is told the text again. */
  private async evaluate({ sha1, text }: Script, keys: readonly string[], values: Values): Promise<number[]> {
    try {
      return (await this.redis.evalsha(sha1, keys.length, ...keys, ...values)) as number[];
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return (await this.redis.eval(text, keys.length, ...keys, ...values)) as number[];
    }
  }

  private pause(error: unknown): void {
    const wasPaused = performance.now() < this.pausedUntilMs;
    this.pausedUntilMs = performance.now() + PAUSE_MS;
    // A lost connection has its own line in the log.
    if (wasPaused || this.redis.status !== 'ready') return;
    this.log.warn(`Redis does not answer about limits, each process counts for itself: ${String(error)}`);
  }
}

/** Rejects when the answer does not come in time. An answer that came while this process was busy is in time. */
async function soon<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const giveUp = (): void => reject(new Error(`No answer within ${LONGEST_WAIT_MS} ms.`));
    // Timers run before what has arrived is read; what runs after it is `setImmediate`.
    timer = setTimeout(() => setImmediate(giveUp), LONGEST_WAIT_MS);
  });
  // The loser of the race may reject later, with nobody listening any more.
  answer.catch(() => undefined);
  tooLate.catch(() => undefined);
  return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
}
