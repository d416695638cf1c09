import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../processes/command-line.js';
import { processMark } from '../processes/process-mark.js';

/** The pid of a postmaster that still runs on the cluster, `undefined` when none does. */
export function runningPostmaster(cluster: string): number | undefined {
  const pid = lockedBy(lockFile(cluster));
  return pid !== undefined && commandLine(pid)?.includes(cluster) === true ? pid : undefined;
}

/**
 * After a crash the postmaster's pid may belong to a stranger, or to a zombie where nobody waits for orphans (a
 * container without an init). PostgreSQL would refuse to start because of either, so the lock file is removed in these
 * cases only. In every other case its own checks decide, and its shared memory tells it of backends that live on.
 */
export function removeStaleLock(cluster: string): void {
  const pid = lockedBy(lockFile(cluster));
  if (pid === undefined) return;
  const command = commandLine(pid);
  const isStranger = command !== undefined && !command.includes(cluster);
  if (isStranger || processMark(pid) === undefined) rmSync(lockFile(cluster), { force: true });
}

function lockFile(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

function lockedBy(lock: string): number | undefined {
  try {
    const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
