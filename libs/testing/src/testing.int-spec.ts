import { redisCommand } from '@app/servers';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { testDatabase } from './postgres/test-database.js';
import { TestRedisServer } from './redis/test-redis-server.js';
import { testRedis } from './redis/test-redis.js';

describe('testDatabase', () => {
  it('hands out migrated databases that know nothing of each other', async () => {
    const [one, two] = await Promise.all([testDatabase(), testDatabase()]);
    expect(one.url).not.toBe(two.url);
    for (const { url, drop } of [one, two]) {
      const client = new Client({ connectionString: url });
      await client.connect();
      await client.query('CREATE TABLE only_here ()');
      const { rows } = await client.query<{ name: string | null }>(`SELECT to_regclass('workflow_runs') AS name`);
      expect(rows).toEqual([{ name: 'workflow_runs' }]);
      await client.end();
      await drop();
    }
  });
});

describe('testRedis', () => {
  it('hands out empty logical databases', async () => {
    const [one, two] = await Promise.all([testRedis(), testRedis()]);
    await redisCommand(one.url, 'SET', 'key', 'value');
    expect(await redisCommand(one.url, 'DBSIZE')).toBe('1');
    expect(await redisCommand(two.url, 'DBSIZE')).toBe('0');
  });
});

describe('TestRedisServer', () => {
  it('comes back empty at the same address', async () => {
    const redis = await TestRedisServer.start();
    await redisCommand(redis.url, 'SET', 'key', 'value');
    await redis.kill();
    await expect(redisCommand(redis.url, 'PING')).rejects.toThrow();
    await redis.restart();
    expect(await redisCommand(redis.url, 'EXISTS', 'key')).toBe('0');
    await redis.stop();
  });
});
