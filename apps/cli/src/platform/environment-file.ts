import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parse } from 'dotenv';

/** What a second process needs to work with a running platform. */
export interface Connections {
  readonly DATABASE_URL: string;
  readonly REDIS_URL: string;
}

/** Writes the file (mode 600) in a form that a shell and dotenv both read. */
export function writeConnections(path: string, connections: Connections): void {
  const { DATABASE_URL, REDIS_URL } = connections;
  rmSync(path, { force: true }); // An existing file would keep its mode.
  writeFileSync(path, `DATABASE_URL=${quoted(DATABASE_URL)}\nREDIS_URL=${quoted(REDIS_URL)}\n`, { mode: 0o600 });
}

/** The connections of the platform that runs on this folder, `undefined` when none ever ran. */
export function readConnections(path: string): Connections | undefined {
  let text: Buffer;
  try {
    text = readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const { DATABASE_URL = '', REDIS_URL = '' } = parse(text);
  return { DATABASE_URL, REDIS_URL };
}

/** Generated URLs need no quotes, so that `cut -d= -f2-` works on them as well. */
function quoted(value: string): string {
  return /^[\w:/@.%+~-]*$/.test(value) ? value : `'${value.replaceAll("'", '%27')}'`;
}
