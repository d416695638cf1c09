import type { RedisConfig } from '@app/config';
import type { RedisOptions } from 'ioredis';

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;

/** How long to wait before connection attempt number `attempt` (1 is the first), in ms. There is no last attempt. */
export function reconnectDelayMs(attempt: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, 10), LONGEST_RETRY_MS);
}

/**
 * Connection options that every client of ours shares: it starts without Redis, reconnects for ever, and notices a
 * server that takes commands and never answers.
 */
export function redisOptions(config: RedisConfig) {
  const url = new URL(config.url);
  return {
    host: url.hostname,
    port: url.port === '' ? 6379 : Number(url.port),
    db: Number(url.pathname.slice(1) || 0),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(config.tls ? { tls: {} } : {}),
    lazyConnect: true,
    retryStrategy: reconnectDelayMs,
    connectTimeout: 5_000,
    keepAlive: 10_000,
  } satisfies RedisOptions;
}

/** For a client that must not remember anything while Redis is away: a command then fails at once. */
export const forgetful = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  socketTimeout: 5_000,
} as const satisfies RedisOptions;
