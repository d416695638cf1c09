import { redisCommand } from '@app/servers';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { eventually } from './eventually.js';
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

  it('drops no database under a connection that is closing', async () => {
    const { url, drop } = await testDatabase();
    const [client, errors] = await connected(url);
    const isWaitedFor = async (): Promise<boolean> => {
      const text = `SELECT FROM pg_stat_activity WHERE query LIKE 'DROP DATABASE%' || current_database() || '%' AND state = 'active'`;
      return (await client.query(text)).rowCount === 1;
    };
    const dropped = drop();
    await eventually(isWaitedFor);
    await client.end();
    await dropped;
    expect(errors).toEqual([]);
  });

  it('drops a database that somebody stays connected to', async () => {
    const { url, drop } = await testDatabase();
    const [, errors] = await connected(url);
    await drop();
    await eventually(() => errors.length > 0);
    expect(errors[0]).toMatchObject({ code: '57P01' });
  });
});

/** A connection, and the errors that come to it while nobody asks for anything. */
async function connected(url: string): Promise<[Client, Error[]]> {
  const client = new Client({ connectionString: url });
  const errors: Error[] = [];
  client.on('error', (error) => errors.push(error));
  await client.connect();
  return [client, errors];
}

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
