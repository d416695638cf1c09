import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installedPackages, PrivateApt } from './apt.js';
import { packageClosure } from './package-closure.js';
import type { RedisFiles } from './redis-files.js';

const run = promisify(execFile);

/** redis-server is a link to a binary of redis-tools, so both are needed. */
const ROOTS = ['redis-server', 'redis-tools'];

/** Whether this system has the tools to fetch and unpack Debian packages. */
export function canUnpack(): boolean {
  return ['apt-get', 'apt-cache', 'dpkg', 'dpkg-query'].every((tool) => existsSync(join('/usr/bin', tool)));
}

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
    const apt = new PrivateApt(join(work, 'apt'));
    await apt.update();
    const needed = packageClosure(ROOTS, await apt.dependencies(ROOTS));
    const installed = await installedPackages(needed);
    const missing = needed.filter((name) => ROOTS.includes(name) || !installed.has(name));
    await unpack(apt, missing, work);
    return publish(join(work, 'root'), cacheDir);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function unpack(apt: PrivateApt, packages: readonly string[], work: string): Promise<void> {
  const downloads = join(work, 'downloads');
  mkdirSync(downloads);
  await apt.download(packages, downloads);
  for (const name of readdirSync(downloads)) {
    await run('dpkg', ['--extract', join(downloads, name), join(work, 'root')]);
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
