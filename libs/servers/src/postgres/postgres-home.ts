import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Account, isRoot, ownerOf, unprivilegedAccount } from '../processes/account.js';
import { ServerError } from '../server.error.js';
import { copiedServer } from './copied-server.js';
import { packagedServer, type PostgresFiles } from './packaged-server.js';
import { recordedLocation, relocate } from './relocation.js';

/** Where a cluster and the server's files are, and which account runs the server. */
export interface PostgresHome {
  readonly folder: string;
  readonly cluster: string;
  readonly server: PostgresFiles;
  /** Left out when PostgreSQL runs as ourselves. */
  readonly account: Account | undefined;
}

/**
 * Settles where the cluster of `dataDir` lives. Normally in `dataDir` itself, run as ourselves with the installed
 * files. PostgreSQL refuses to run as root, so for root it is an existing unprivileged account; where that one cannot
 * enter `dataDir`, the cluster goes to a folder it can enter, noted in `dataDir`. Throws ServerError.
 */
export function postgresHome(dataDir: string): PostgresHome {
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  return isRoot() ? homeForRoot(dataDir) : homeForUser(dataDir);
}

function homeForUser(dataDir: string): PostgresHome {
  const folder = recordedLocation(dataDir) ?? dataDir;
  const cluster = join(folder, 'cluster');
  const owner = ownerOf(cluster);
  if (owner !== undefined && owner.uid !== process.getuid?.()) {
    throw new ServerError(
      `The database in ${cluster} belongs to the user with id ${owner.uid}: start as that user or as root, ` +
        'or choose another folder with BIOMETRICS_DATA_DIR.',
    );
  }
  return { folder, cluster, server: packagedServer(), account: undefined };
}

function homeForRoot(dataDir: string): PostgresHome {
  const recorded = recordedLocation(dataDir);
  const account = accountFor(join(recorded ?? dataDir, 'cluster'));
  const folder = recorded ?? (canEnter(dataDir, account) ? dataDir : relocate(dataDir));
  const installed = packagedServer();
  const server = canRun(installed, account) ? installed : copiedServer(installed, folder);
  return { folder, cluster: join(folder, 'cluster'), server, account };
}

/** A cluster keeps its owner: files made by an ordinary user stay usable for that user after a start as root. */
function accountFor(cluster: string): Account {
  const owner = ownerOf(cluster);
  const account = owner !== undefined && owner.uid !== 0 ? owner : unprivilegedAccount();
  if (account === undefined) {
    throw new ServerError(
      'PostgreSQL refuses to run as root and no account "postgres" or "nobody" exists: ' +
        'start as an ordinary user, or set DATABASE_URL.',
    );
  }
  return account;
}

/** Asks the kernel rather than reading modes: ACLs, mount options and every parent folder count. */
function canEnter(folder: string, account: Account): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...account, cwd: '/' }).status === 0;
}

function canRun(server: PostgresFiles, account: Account): boolean {
  const file = join(server.folder, 'bin', 'postgres');
  return spawnSync(file, ['--version'], { ...account, cwd: '/' }).status === 0;
}
