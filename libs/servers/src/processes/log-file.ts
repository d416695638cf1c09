import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const ROTATE_BYTES = 10 * 1024 * 1024;

/**
 * Opens a log file for a child's output and hands its descriptor to `use`, which passes it on to the child.
 * A child writes to the file itself, not through us: it may outlive us and still log.
 * A file over 10 MB is moved to `<path>.1` first, so logs stay bounded from start to start.
 */
export function withLogFile<T>(path: string, use: (fd: number) => T): T {
  mkdirSync(dirname(path), { recursive: true });
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > ROTATE_BYTES) renameSync(path, `${path}.1`);
  const fd = openSync(path, 'a', 0o600);
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

/** The current length of a log in bytes: what is written later is found with `logSince`. */
export function logLength(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** What the log gained since it was `from` bytes long. */
export function logSince(path: string, from: number): string {
  try {
    return readFileSync(path).subarray(from).toString('utf8');
  } catch {
    return '';
  }
}
