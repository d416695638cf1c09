import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { unpackPackages } from '../debian/unpack-packages.js';
import type { RedisFiles } from './redis-files.js';

/** redis-server is a link to a binary of redis-tools, so both are needed. */
const ROOTS = ['redis-server', 'redis-tools'];

/** The server that an earlier call of `unpackRedis` put into the cache folder. */
export function cachedRedis(cacheDir: string): RedisFiles | undefined {
  const root = join(cacheDir, 'redis');
  const file = join(root, 'usr', 'bin', 'redis-server');
  return existsSync(file) ? { file, libraries: librariesOf(root) } : undefined;
}

/**
 * Fetches Redis and the libraries this system lacks from the distribution's packages and unpacks them into the cache
 * folder, about 10 MB. Needs no root and changes nothing outside that folder. Throws what apt or dpkg say.
 */
export async function unpackRedis(cacheDir: string): Promise<RedisFiles> {
  mkdirSync(cacheDir, { recursive: true });
  const work = mkdtempSync(join(cacheDir, 'unpacking-'));
  try {
    return publish(await unpackPackages(ROOTS, work), cacheDir);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Moves the finished tree into place in one step; whoever comes second uses what the first one made. */
function publish(root: string, cacheDir: string): RedisFiles {
  const existing = cachedRedis(cacheDir);
  if (existing !== undefined) return existing;
  renameSync(root, join(cacheDir, 'redis'));
  const unpacked = cachedRedis(cacheDir);
  if (unpacked === undefined) throw new Error('the packages hold no redis-server');
  return unpacked;
}

/** Debian keeps libraries in a folder named after the machine: usr/lib/x86_64-linux-gnu. */
function librariesOf(root: string): string {
  const lib = join(root, 'usr', 'lib');
  const machine = existsSync(lib) ? readdirSync(lib).find((name) => name.includes('-linux-')) : undefined;
  return machine === undefined ? lib : join(lib, machine);
}
