import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processMark } from '../processes/process-mark.js';
import type { RunningServer } from '../running-server.js';
import { redisCommand } from './resp.js';
import { startRedis } from './start-redis.js';

let root: string;
let server: RunningServer | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'servers with a space-'));
});

afterEach(async () => {
  await server?.stop();
  server = undefined;
  rmSync(root, { recursive: true, force: true });
});

describe('startRedis', () => {
  it('starts a server that evicts and writes nothing, and keeps its port over a restart', async () => {
    const dataDir = join(root, 'redis');
    server = await startRedis({ dataDir });
    expect(await redisCommand(server.url, 'PING')).toBe('PONG');
    const settings = readFileSync(join(dataDir, 'redis.conf'), 'utf8');
    expect(settings).toContain('maxmemory-policy noeviction');
    expect(statSync(join(dataDir, 'redis.conf')).mode & 0o777).toBe(0o600);

    await server.stop();
    await server.exited;
    const again = await startRedis({ dataDir });
    expect(again.port).toBe(server.port);
    expect(again.url).toBe(server.url);
    server = again;
    expect(existsSync(join(dataDir, 'dump.rdb'))).toBe(false);
  });

  it('keeps logical databases apart', async () => {
    server = await startRedis({ dataDir: join(root, 'redis') });
    const other = server.url.replace(/\/0$/, '/7');
    await redisCommand(other, 'SET', 'key', 'value');
    expect(await redisCommand(server.url, 'EXISTS', 'key')).toBe('0');
    expect(await redisCommand(other, 'EXISTS', 'key')).toBe('1');
  });

  it('lets nobody in without the password', async () => {
    server = await startRedis({ dataDir: join(root, 'redis') });
    await expect(redisCommand(server.url.replace(/:[^:@]+@/, ''), 'PING')).rejects.toThrow('NOAUTH');
    await expect(redisCommand(server.url.replace(/:[^:@]+@/, ':wrong@'), 'PING')).rejects.toThrow('WRONGPASS');
  });

  it('ends a server whose starter was killed', async () => {
    const dataDir = join(root, 'redis');
    const orphan = await startRedis({ dataDir });
    const record = join(dataDir, 'redis.process');
    writeFileSync(record, readFileSync(record, 'utf8').replace(/"ownerPid":\d+/, '"ownerPid":999999999'));
    server = await startRedis({ dataDir });
    expect(processMark(orphan.pid)).toBeUndefined();
    expect(await redisCommand(server.url, 'PING')).toBe('PONG');
  });
});
