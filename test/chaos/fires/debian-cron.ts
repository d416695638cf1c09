import { canUnpack, unpackPackages } from '@app/servers';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
/** Numbers of nanosleep and clock_nanosleep on x86-64 and, the other two, elsewhere. */
const SLEEPS = /^(35|230|101|115) /;

/**
 * What cron gets of the file system, in a mount namespace that ends with it: its crontabs and its pid file are its own,
 * so that several run side by side and none sees those of the machine. $1 where crontabs are, $2 the crontab, $3 the clock's
 * library, $4 cron. It ends with whoever started it.
 */
const SCRIPT = `
set -e
mount -t tmpfs tmpfs /run
if [ -d /etc/cron.d ]; then mount -t tmpfs tmpfs /etc/cron.d; fi
mkdir -p "$1"
mount -t tmpfs tmpfs "$1"
mkdir "$1/crontabs"
cat "$2" > "$1/crontabs/root"
chmod 600 "$1/crontabs/root"
LD_PRELOAD="$3" exec setpriv --pdeathsig KILL "$4" -f`;

/** Why cron(8) cannot be run here; undefined when it can. */
export function whyNoCron(): string | undefined {
  if (process.platform !== 'linux' || !canUnpack()) return 'only with the packages of Debian';
  if (process.getuid?.() !== 0) return 'cron(8) starts as root only';
  const told = ['/proc/self/syscall', `/proc/self/task/${process.pid}/children`];
  if (!told.every((file) => existsSync(file))) return 'this kernel does not tell what a process does';
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/run'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `no mount namespace: ${String(error).trim().split('\n').at(-1)}`;
  }
}

/** What a cron is asked to do. Times are ms since 1970, whole minutes. */
export interface Watch {
  lines: readonly string[];
  zone: string;
  from: number;
  until: number;
}

/** Debian's cron and a library that shows it another clock, from the distribution's packages. */
export class DebianCron {
  private readonly running = new Set<CronProcess>();

  private constructor(
    private readonly folder: string,
    private readonly cron: string,
    private readonly faketime: string,
  ) {}

  static async unpack(): Promise<DebianCron> {
    const folder = mkdtempSync(join(tmpdir(), 'debian-cron-'));
    const root = await unpackPackages(['cron', 'libfaketime'], folder);
    const libraries = join(root, 'usr', 'lib');
    const faketime = readdirSync(libraries)
      .map((machine) => join(libraries, machine, 'faketime', 'libfaketime.so.1'))
      .find((file) => existsSync(file));
    if (faketime === undefined) throw new Error('The packages hold no libfaketime.');
    return new DebianCron(folder, join(root, 'usr', 'sbin', 'cron'), faketime);
  }

  /** Ends those that still run, because a test was given up, and removes the files. */
  async remove(): Promise<void> {
    await Promise.all([...this.running].map((cron) => cron.end()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  /**
   * When it started the command of each line after `from` and until `until`. Its clock stands still and is moved on by a
   * minute when it has nothing more to do in this one, however long that takes here.
   */
  async starts({ lines, zone, from, until }: Watch): Promise<number[][]> {
    const work = mkdtempSync(join(this.folder, 'watch-'));
    const [crontab, file, clock] = [join(work, 'crontab'), join(work, 'starts'), join(work, 'clock')];
    const jobs = lines.map((line, index) => `${line} echo ${index} >> ${file}`);
    writeFileSync(crontab, ['SHELL=/bin/bash', ...jobs, ''].join('\n'));
    writeFileSync(file, '');
    writeFileSync(clock, '');
    // It shows when the file was changed last. A second later cron need not wait for the minute to begin.
    const show = (at: number): void => utimesSync(clock, (at + SECOND_MS) / 1_000, (at + SECOND_MS) / 1_000);
    show(from);
    const cron = new CronProcess(
      spawn('unshare', ['--mount', 'sh', '-c', SCRIPT, 'sh', '/var/spool/cron', crontab, this.faketime, this.cron], {
        env: {
          PATH: process.env['PATH'],
          TZ: zone,
          FAKETIME: '%',
          FAKETIME_FOLLOW_FILE: clock,
          FAKETIME_NO_CACHE: '1',
          NO_FAKE_STAT: '1',
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    );
    this.running.add(cron);
    try {
      await cron.settled();
      const starts = lines.map((): number[] => []);
      let known = 0;
      for (let at = from + MINUTE_MS; at <= until; at += MINUTE_MS) {
        show(at);
        // While it catches up with a change it pauses for what it has started, once for each skipped minute.
        for (let isNew = true; isNew;) {
          await cron.wake();
          const all = readFileSync(file, 'utf8').split('\n').slice(0, -1).map(Number);
          for (const line of all.slice(known)) starts[line]?.push(at);
          isNew = all.length > known;
          known = all.length;
        }
      }
      return starts;
    } finally {
      await cron.end();
      this.running.delete(cron);
    }
  }
}

/** A cron that runs. What it does is read from /proc. */
class CronProcess {
  private readonly exited: Promise<unknown>;

  constructor(private readonly child: ChildProcess) {
    this.exited = once(child, 'exit');
  }

  /** Ends its sleep, and resolves when it sleeps again. */
  async wake(): Promise<void> {
    // It is no longer asleep when the signal has been sent, whenever it gets to run.
    this.child.kill('SIGHUP');
    await this.settled();
  }

  /** Resolves when it sleeps and nothing that it has started is left. Rejects when it has ended. */
  async settled(): Promise<void> {
    while (!this.isSettled()) await sleep(1);
  }

  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  private isSettled(): boolean {
    const { pid, exitCode, signalCode } = this.child;
    if (pid === undefined || exitCode !== null || signalCode !== null) throw new Error('cron ended by itself.');
    const told = (name: string): string => readFileSync(join('/proc', String(pid), name), 'utf8');
    const before = told('status');
    const isIdle = SLEEPS.test(told('syscall')) && told(`task/${pid}/children`) === '';
    // Both hold at the same time only when it has not run in between; without children nobody but us wakes it then.
    return isIdle && switches(before) === switches(told('status'));
  }
}

/** How often a process has stopped running, of its /proc/<pid>/status. */
function switches(status: string): string {
  const lines = status.split('\n').filter((line) => line.includes('ctxt_switches'));
  if (lines.length === 0) throw new Error('This kernel does not tell how often a process has run.');
  return lines.join();
}
