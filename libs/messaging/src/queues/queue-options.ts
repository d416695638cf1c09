import type { RedisConfig } from '@app/config';
import type { JobsOptions, QueueOptions, WorkerOptions } from 'bullmq';
import { forgetful, redisOptions } from '../redis/redis-options.js';

/** Before the name of every queue's keys in Redis. */
const PREFIX = 'biometrics';

/** BullMQ keeps a stream of what happened in each queue; nobody reads ours. */
const SHORTEST_STREAM = { events: { maxLen: 10 } };

/**
 * BullMQ waits for a connection that is being made, but takes the first failure of one that it makes itself for the
 * last; and a server that dies while BullMQ asks its version leaves the queue dead for good.
 */
function connection(config: RedisConfig) {
  return { ...redisOptions(config), lazyConnect: false, skipVersionCheck: true };
}

/** The adding side: fails at once while Redis is away, because the relay comes back in a second anyway. */
export function queueOptions(config: RedisConfig): QueueOptions {
  return { prefix: PREFIX, connection: { ...connection(config), ...forgetful }, streams: SHORTEST_STREAM };
}

/**
 * The taking side: waits for Redis as long as it takes. BullMQ's own counters play no part: a message that stalled is
 * delivered again as often as it likes, since the job's row decides whether it still means anything. For the same reason it
 * may be taken for stalled early: what a worker took and died with before it claimed the row is delivered again within
 * `lockDuration` and two `stalledInterval`s, which in BullMQ's own measure are a minute and a half.
 */
export function consumerOptions(config: RedisConfig, concurrency: number): WorkerOptions {
  return {
    prefix: PREFIX,
    connection: { ...connection(config), maxRetriesPerRequest: null },
    concurrency,
    autorun: false,
    maxStalledCount: 1_000_000,
    lockDuration: 6_000,
    stalledInterval: 3_000,
    runRetryDelay: 1_000,
    drainDelay: 5,
  };
}

/** A message is tried once and forgotten: the row counts the retries and keeps the outcome. */
export const messageOptions = {
  attempts: 1,
  removeOnComplete: true,
  removeOnFail: true,
} as const satisfies JobsOptions;
