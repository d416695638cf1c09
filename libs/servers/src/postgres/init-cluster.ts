import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ServerError } from '../server.error.js';
import type { PostgresHome } from './postgres-home.js';

export const SUPERUSER = 'biometrics';

const run = promisify(execFile);

/**
 * Creates the cluster of `home` when it is not there yet: UTF-8, byte order collation, one superuser with `password`.
 * initdb works in a folder beside it that is renamed at the end, so an interrupted first start leaves no half cluster.
 */
export async function initCluster(home: PostgresHome, password: string, durable: boolean): Promise<void> {
  if (existsSync(home.cluster)) return assertSameMajor(home);
  const fresh = `${home.cluster}.new`;
  const passwordFile = join(home.folder, 'initial-password');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (home.account !== undefined) {
    chownSync(fresh, home.account.uid, home.account.gid);
    chownSync(passwordFile, home.account.uid, home.account.gid);
  }
  try {
    await runInitdb(home, fresh, passwordFile, durable);
    renameSync(fresh, home.cluster);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function runInitdb(home: PostgresHome, folder: string, passwordFile: string, durable: boolean): Promise<void> {
  const args = [
    `--pgdata=${folder}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--locale=C',
    '--builtin-locale=C.UTF-8',
    ...(durable ? [] : ['--no-sync']),
  ];
  try {
    await run(join(home.server.folder, 'bin', 'initdb'), args, { ...home.account, cwd: '/', env: { LC_ALL: 'C' } });
  } catch (cause) {
    const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
    const line = stderr.split('\n').find((text) => /error:|FATAL:/.test(text)) ?? String(cause);
    const reason = line.replace(/^.*?(error|FATAL): +/, '');
    throw new ServerError(`PostgreSQL cannot create its data in ${home.cluster}: ${reason}`, { cause });
  }
}

function assertSameMajor(home: PostgresHome): void {
  const existing = readFileSync(join(home.cluster, 'PG_VERSION'), 'utf8').trim();
  if (home.server.version.split('.')[0] === existing) return;
  throw new ServerError(
    `${home.cluster} was made by PostgreSQL ${existing}, this is ${home.server.version}: ` +
      'move its data over with pg_dump, or choose another folder with BIOMETRICS_DATA_DIR.',
  );
}
