import { RedisConfig } from '@app/config';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ClientRedis, type ReadPacket } from '@nestjs/microservices';
import { Redis } from 'ioredis';
import { forgetful, redisOptions } from './redis-options.js';
import { logOutages } from './outage-log.js';

/** More publications under way than this means that Redis does not keep up; further hints are dropped. */
const MOST_IN_FLIGHT = 256;

/**
 * The sending side of Nest's Redis transport, for hints only. The stock client fails for good when Redis is down at
 * start, holds callers up while it connects, and offers request and reply, which hangs when nobody listens.
 *
 * This one never makes a caller wait and keeps nothing for later: while Redis is away a message is dropped, which the
 * catalog allows of every command.
 */
@Injectable()
export class RedisTransportClient extends ClientRedis implements OnModuleInit, OnApplicationShutdown {
  private readonly redis: Redis;
  private inFlight = 0;

  constructor(config: RedisConfig) {
    const options = { ...redisOptions(config), ...forgetful };
    super({});
    this.redis = new Redis(options);
    logOutages(this.redis, 'commands out', new Logger(RedisTransportClient.name));
  }

  onModuleInit(): void {
    void this.connect();
  }

  /** Starts connecting and does not wait for it: ioredis goes on trying in the background. */
  override async connect(): Promise<void> {
    if (this.redis.status === 'wait') this.redis.connect().catch(() => undefined);
  }

  /** Whether a message sent now would leave this process. */
  isUp(): boolean {
    return this.redis.status === 'ready';
  }

  /** Asks Redis for a sign of life. Rejects when there is none within `timeoutMs`. */
  async ping(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Redis did not answer within ${timeoutMs} ms.`)), timeoutMs);
    });
    await Promise.race([this.redis.ping(), silence]).finally(() => clearTimeout(timer));
  }

  /**
   * Sends a command without waiting for it.
   * @returns whether it left this process
   */
  tell(pattern: string, data: object): boolean {
    if (!this.isUp() || this.inFlight >= MOST_IN_FLIGHT) return false;
    this.dispatchEvent(this.createPacket(pattern, data)).catch(() => undefined);
    return true;
  }

  /** Keeps the newest `most` entries of a list, the newest first. */
  async prepend(list: string, entry: string, most: number): Promise<void> {
    await this.redis
      .multi()
      .lpush(list, entry)
      .ltrim(list, 0, most - 1)
      .exec();
  }

  protected override async dispatchEvent(packet: ReadPacket): Promise<void> {
    this.inFlight += 1;
    try {
      await this.redis.publish(
        this.normalizePattern(packet.pattern as string),
        JSON.stringify(this.serializer.serialize(packet)),
      );
    } finally {
      this.inFlight -= 1;
    }
  }

  /** Commands have no replies: with no receiver up, waiting for one would never end. */
  protected override publish(): () => void {
    throw new Error('The Redis transport carries hints only; there is nothing to reply to.');
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }

  override async close(): Promise<void> {
    this.redis.disconnect();
  }
}
