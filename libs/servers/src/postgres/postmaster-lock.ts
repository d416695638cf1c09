import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../processes/command-line.js';

/**
 * The pid of a postmaster that still runs on the cluster, `undefined` when none does.
 * After a crash its pid may belong to a stranger; PostgreSQL would refuse to start because of it, so the stale
 * lock file is removed in that case only. In every other case PostgreSQL's own checks decide.
 */
export function runningPostmaster(cluster: string): number | undefined {
  const lock = join(cluster, 'postmaster.pid');
  const pid = lockedBy(lock);
  const command = pid === undefined ? undefined : commandLine(pid);
  if (command === undefined) return undefined;
  if (command.includes(cluster)) return pid;
  rmSync(lock, { force: true });
  return undefined;
}

function lockedBy(lock: string): number | undefined {
  try {
    const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
