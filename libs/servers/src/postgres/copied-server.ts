import { chmodSync, cpSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresFiles } from './packaged-server.js';

const READ_AND_ENTER = 0o755;

/**
 * A copy of the server's files under `home`, readable for every account, made once per version.
 * Needed where the account that runs PostgreSQL cannot see the installed ones, as in a home of mode 700.
 */
export function copiedServer(source: PostgresFiles, home: string): PostgresFiles {
  const folder = join(home, `server-${source.version}`);
  if (!existsSync(folder)) {
    const fresh = `${folder}.new`;
    rmSync(fresh, { recursive: true, force: true });
    cpSync(source.folder, fresh, { recursive: true, verbatimSymlinks: true, filter: isNeeded });
    openUp(fresh);
    renameSync(fresh, folder);
  }
  return { folder, version: source.version };
}

/** Static libraries are a quarter of the package and only serve compilers. */
function isNeeded(path: string): boolean {
  return !path.endsWith('.a');
}

function openUp(folder: string): void {
  chmodSync(folder, READ_AND_ENTER);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isSymbolicLink()) chmodSync(join(entry.parentPath, entry.name), READ_AND_ENTER);
  }
}
