import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'dotenv';
import { ConfigError } from './config.error.js';

export type Variables = Readonly<Record<string, string | undefined>>;

/** The files that may hold variables, the strongest last. The real environment is stronger than all of them. */
export function environmentFiles(): string[] {
  return [resolve('.env'), ...inHomeFolder('.biometrics', 'config.env'), '/etc/biometrics/config.env'];
}

/** None for a user that has no home folder, as in a container. */
function inHomeFolder(...path: string[]): string[] {
  try {
    return [join(homedir(), ...path)];
  } catch {
    return [];
  }
}

/**
 * All variables a process may read: those of the files, overridden by the real environment.
 * @throws ConfigError when a file is there but cannot be read
 */
export function readEnvironment(files = environmentFiles(), real: Variables = process.env): Variables {
  return Object.assign({}, ...files.map(readVariables), real) as Variables;
}

function readVariables(file: string): Variables {
  try {
    return parse(readFileSync(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    throw new ConfigError([`${file} cannot be read (${code}): make it readable for this user, or remove it.`]);
  }
}
