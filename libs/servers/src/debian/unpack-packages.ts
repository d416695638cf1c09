import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageClosure } from './package-closure.js';
import { installedPackages, PrivateApt } from './private-apt.js';

const run = promisify(execFile);

/** Whether this system has the tools to fetch and unpack Debian packages. */
export function canUnpack(): boolean {
  return ['apt-get', 'apt-cache', 'dpkg', 'dpkg-query'].every((tool) => existsSync(join('/usr/bin', tool)));
}

/**
 * Fetches packages of the distribution, and those they need and this system lacks, and unpacks them. Needs no root and
 * changes nothing outside the folder. Throws what apt or dpkg say.
 * @param work a folder for this alone
 * @returns the folder below it that stands for `/`
 */
export async function unpackPackages(roots: readonly string[], work: string): Promise<string> {
  const apt = new PrivateApt(join(work, 'apt'));
  await apt.update();
  const needed = packageClosure(roots, await apt.dependencies(roots));
  const installed = await installedPackages(needed);
  const missing = needed.filter((name) => roots.includes(name) || !installed.has(name));
  const downloads = join(work, 'downloads');
  mkdirSync(downloads);
  await apt.download(missing, downloads);
  const root = join(work, 'root');
  for (const name of readdirSync(downloads)) await run('dpkg', ['--extract', join(downloads, name), root]);
  return root;
}
