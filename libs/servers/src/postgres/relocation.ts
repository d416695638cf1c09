import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServerError } from '../server.error.js';

const NOTE = 'location';

/** /var/tmp comes second because systems clean it of files that were not read for a month. */
const PARENTS = ['/var/lib/biometrics', '/var/tmp/biometrics'];

/** Where an earlier start put the cluster of `dataDir`, if not into `dataDir`. Throws ServerError when it is gone. */
export function recordedLocation(dataDir: string): string | undefined {
  const note = join(dataDir, NOTE);
  if (!existsSync(note)) return undefined;
  const folder = readFileSync(note, 'utf8').trim();
  if (existsSync(folder)) return folder;
  throw new ServerError(
    `The database of ${dataDir} was kept in ${folder}, which is gone. Bring it back, or delete ${note} to begin anew.`,
  );
}

/**
 * Makes a folder outside `dataDir` that every account can enter (not list), and notes it in `dataDir`.
 * Its name is random, so nobody can have prepared it. Only root calls this.
 */
export function relocate(dataDir: string): string {
  const folder = makeFolder();
  writeFileSync(join(folder, 'belongs-to'), `${dataDir}\n`);
  writeFileSync(join(dataDir, NOTE), `${folder}\n`);
  return folder;
}

/** Takes back what `relocate` did, for data nobody will miss: whoever deletes `dataDir` would not find it. */
export function removeRelocated(dataDir: string, folder: string): void {
  if (folder === dataDir) return;
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(dataDir, NOTE), { force: true });
}

function makeFolder(): string {
  const failures: string[] = [];
  for (const parent of PARENTS) {
    try {
      mkdirSync(parent, { recursive: true, mode: 0o711 });
      const folder = mkdtempSync(join(parent, 'postgres-'));
      chmodSync(folder, 0o711);
      return folder;
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new ServerError(`No folder can be made for the database: ${failures.join('; ')}. Set DATABASE_URL instead.`);
}
