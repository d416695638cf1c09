import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ServerError } from '../server.error.js';
import { installHint } from './install-hint.js';
import type { RedisFiles } from './redis-files.js';
import { cachedRedis, unpackRedis } from './unpack-redis.js';
import { canUnpack } from '../debian/unpack-packages.js';

/**
 * Finds a Redis server: on the PATH, else in the cache folder, else unpacked into it from the distribution's packages.
 * Nothing is installed system-wide. Throws ServerError that says how to install one on this system.
 */
export async function findRedis(cacheDir: string): Promise<RedisFiles> {
  const found = onPath('redis-server') ?? onPath('valkey-server');
  if (found !== undefined) return { file: found };
  const cached = cachedRedis(cacheDir);
  if (cached !== undefined) return cached;
  if (!canUnpack()) throw new ServerError(installHint());
  try {
    return await unpackRedis(cacheDir);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.trim().split('\n').at(-1) : String(cause);
    throw new ServerError(`${installHint()} (Getting a copy from the distribution failed: ${reason})`, { cause });
  }
}

function onPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
