import { RedisConfig } from '@app/config';
import { Injectable, Logger } from '@nestjs/common';
import { RedisContext, ServerRedis } from '@nestjs/microservices';
import { Redis } from 'ioredis';
import { logOutages } from './outage-log.js';
import { redisOptions } from './redis-options.js';

/** What a process does with the raw data of a message on a channel. */
export type ChannelListener = (data: unknown) => Promise<void>;

/**
 * The receiving side of Nest's Redis transport, for hints only. The stock server gives up when Redis is down at start,
 * never subscribes again after that, and does not reconnect unless told how often.
 *
 * This one listens at once, connects in the background for ever, and subscribes anew each time Redis is ready.
 */
@Injectable()
export class RedisTransportServer extends ServerRedis {
  private readonly redis: Redis;
  private readonly log = new Logger(RedisTransportServer.name);

  constructor(config: RedisConfig) {
    super({});
    this.redis = new Redis({ ...redisOptions(config), autoResubscribe: false });
    logOutages(this.redis, 'commands in', this.log);
    this.redis.on('ready', () => this.subscribe());
    this.redis.on('message', (channel: string, text: string) => {
      this.handleMessage(channel, text).catch((error: unknown) => this.handleError(String(error)));
    });
  }

  /** Sets what happens with the messages of a channel. Call before `listen`. */
  onChannel(channel: string, listener: ChannelListener): void {
    this.addHandler(channel, listener, true);
  }

  /** Calls back before there is a connection: a process is ready for work that needs no hint. */
  override async listen(callback: () => void): Promise<void> {
    this.redis.connect().catch(() => undefined);
    callback();
  }

  /** Whatever arrives is an event, also text that is not JSON and a packet that asks for a reply. */
  override async handleMessage(channel: string, text: string): Promise<void> {
    const packet: unknown = this.parseMessage(text);
    const data: unknown = typeof packet === 'object' && packet !== null ? Reflect.get(packet, 'data') : packet;
    await this.handleEvent(channel, { pattern: channel, data }, new RedisContext([channel]));
  }

  override async close(): Promise<void> {
    this.redis.disconnect();
  }

  private subscribe(): void {
    const channels = [...this.getHandlers().keys()];
    if (channels.length === 0) return;
    this.redis.subscribe(...channels).catch((error: unknown) => this.log.warn(`Cannot subscribe: ${String(error)}`));
  }
}
