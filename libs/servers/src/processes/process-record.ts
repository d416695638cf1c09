import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { processMark } from './process-mark.js';

interface Recorded {
  readonly pid: number;
  readonly mark: string;
  readonly ownerPid: number;
  readonly ownerMark: string;
  readonly port: number;
}

/**
 * A pid file that survives `kill -9`, a reboot and the reuse of a pid: besides the pid it holds the mark of the
 * process, who started it, and the port it listens on (0 when that is of no interest).
 */
export class ProcessRecord {
  constructor(private readonly path: string) {}

  /** Notes a process that this process just started. One that is gone already is noted as never running. */
  write(pid: number, port = 0): void {
    const recorded: Recorded = { pid, mark: markOf(pid), ownerPid: process.pid, ownerMark: markOf(process.pid), port };
    writeFileSync(this.path, `${JSON.stringify(recorded)}\n`, { mode: 0o600 });
  }

  /** The pid of the recorded process if that very process still runs. */
  running(): number | undefined {
    const recorded = this.read();
    return recorded !== undefined && isSame(recorded.pid, recorded.mark) ? recorded.pid : undefined;
  }

  /** The pid of the process that started it, if that one still runs and is not this process: then hands off. */
  otherOwner(): number | undefined {
    const recorded = this.read();
    if (recorded === undefined || recorded.ownerPid === process.pid) return undefined;
    return isSame(recorded.ownerPid, recorded.ownerMark) ? recorded.ownerPid : undefined;
  }

  /** The port of the recorded process, whether it runs or not. */
  port(): number | undefined {
    const port = this.read()?.port;
    return port === 0 ? undefined : port;
  }

  clear(): void {
    rmSync(this.path, { force: true });
  }

  private read(): Recorded | undefined {
    try {
      const value: unknown = JSON.parse(readFileSync(this.path, 'utf8'));
      return isRecorded(value) ? value : undefined;
    } catch {
      return undefined; // Not there, or cut short by a crash: either way nothing is known.
    }
  }
}

function markOf(pid: number): string {
  return processMark(pid) ?? '';
}

function isSame(pid: number, mark: string): boolean {
  return mark !== '' && processMark(pid) === mark;
}

function isRecorded(value: unknown): value is Recorded {
  const expected = { pid: 'number', mark: 'string', ownerPid: 'number', ownerMark: 'string', port: 'number' };
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map(Object.entries(value));
  return Object.entries(expected).every(([name, type]) => typeof fields.get(name) === type);
}
