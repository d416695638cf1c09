import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second. */
const MS_PER_TICK = 10;

interface Process {
  name: string;
  parent: number;
  /** Of itself, and of those of its children that have ended, in ms. */
  own: number;
  ended: number;
}

/**
 * Processor time so far, in ms: of the services, by their names, and of the servers below a process, `postgres` and `redis`.
 * @param root the process that started the servers
 * @param services process ids, with the service that each belongs to; a service may have several
 */
export function processorTime(root: number, services: ReadonlyMap<number, string>): Record<string, number> {
  const processes = allProcesses();
  const time: Record<string, number> = {};
  const add = (name: string, ms: number): void => void (time[name] = (time[name] ?? 0) + ms);
  for (const [pid, { name, parent, own, ended }] of processes) {
    const service = services.get(pid);
    if (service !== undefined) add(service, own);
    else if (!isBelow(processes, pid, root)) continue;
    else if (name.startsWith('redis')) add('redis', own);
    // A connection that was closed counts with the server that waited for it.
    else if (name.startsWith('postgres')) add('postgres', isPostgres(processes.get(parent)) ? own : own + ended);
  }
  return time;
}

function isPostgres(process: Process | undefined): boolean {
  return process?.name.startsWith('postgres') === true;
}

function isBelow(processes: ReadonlyMap<number, Process>, pid: number, root: number): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = processes.get(at)?.parent) {
    if (at === root) return true;
  }
  return false;
}

function allProcesses(): Map<number, Process> {
  const processes = new Map<number, Process>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const process = readProcess(entry);
    if (process !== undefined) processes.set(Number(entry), process);
  }
  return processes;
}

/** proc(5); undefined when it has ended meanwhile. */
function readProcess(pid: string): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const nameEnds = stat.lastIndexOf(')');
    const [, parent, , , , , , , , , , user, system, endedUser, endedSystem] = stat
      .slice(nameEnds + 2)
      .split(' ')
      .map(Number);
    const ms = (...ticks: (number | undefined)[]): number =>
      ticks.reduce<number>((sum, each) => sum + (each ?? 0), 0) * MS_PER_TICK;
    return {
      name: stat.slice(stat.indexOf('(') + 1, nameEnds),
      parent: parent ?? 0,
      own: ms(user, system),
      ended: ms(endedUser, endedSystem),
    };
  } catch {
    return undefined;
  }
}
