import { RedisConfig, loadConfig } from '@app/config';
import { redisCommand } from '@app/servers';
import { providedServers } from '../provided.js';

/** A logical database of the run's Redis. Keys are this test file's alone; published messages reach every file. */
export interface TestRedis {
  readonly url: string;
  readonly config: RedisConfig;
}

/** As many as our servers are configured with, less number 0, which counts them out. */
const DATABASES = 1_023;

/** An empty logical database. A test that flushes, stops or kills Redis takes a `testRedisServer` instead. */
export async function testRedis(): Promise<TestRedis> {
  const { redisUrl } = providedServers();
  const count = Number(await redisCommand(redisUrl, 'INCR', 'test-databases'));
  const url = new URL(redisUrl);
  url.pathname = String(1 + (count % DATABASES));
  await redisCommand(url.href, 'FLUSHDB');
  return { url: url.href, config: loadConfig(RedisConfig, { REDIS_URL: url.href }) };
}
