import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * An opaque mark of the process that has this pid now, `undefined` when there is none (a zombie counts as none).
 * A later process with the same pid has another mark, so a stale pid file never makes us signal a stranger.
 * @param read an argument so that tests can say what Linux answers
 * @throws whatever keeps us from knowing: a process that lives is not taken for gone because no file can be opened
 */
export function processMark(pid: number, read = readText): string | undefined {
  return process.platform === 'linux' ? markFromProc(pid, read) : markFromPs(pid);
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

/** proc(5): field 3 of /proc/<pid>/stat is the state, field 22 the start time in ticks since boot. */
function markFromProc(pid: number, read: typeof readText): string | undefined {
  try {
    const stat = read(`/proc/${pid}/stat`);
    // The command name (field 2) is in parentheses and may hold anything, spaces and parentheses included.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    const bootId = read('/proc/sys/kernel/random/boot_id').trim();
    return `${bootId}/${rest[18] ?? ''}`;
  } catch (error) {
    // ESRCH: it ended between the opening of the file and the reading.
    if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

function markFromPs(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [state = '', ...started] = line.split(/\s+/);
    return line === '' || state.startsWith('Z') ? undefined : started.join(' ');
  } catch (error) {
    // How ps says that it found none.
    if (error instanceof Error && 'status' in error && error.status === 1) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
