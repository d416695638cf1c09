import { canUnpack, unpackPackages } from '@app/servers';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long it may take until its clock goes, in ms of ours. */
const START_MS = 2_000;

/**
 * What cron gets of the file system, in a mount namespace that ends with it: its crontabs and its pid file are its own,
 * so that several run side by side and none sees those of the machine. $1 where crontabs are, $2 the crontab, $3 the clock's
 * library, $4 cron. It ends with whoever started it. The file of starts begins with the time of its own start.
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
date +%s.%6N > "$STARTS"
LD_PRELOAD="$3" exec setpriv --pdeathsig KILL "$4" -f`;

/** Why cron(8) cannot be run here; undefined when it can. */
export function whyNoCron(): string | undefined {
  if (process.platform !== 'linux' || !canUnpack()) return 'only with the packages of Debian';
  if (process.getuid?.() !== 0) return 'cron(8) starts as root only';
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/run'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `no mount namespace: ${String(error).trim().split('\n').at(-1)}`;
  }
}

/** What a cron is asked to do. Times are ms since 1970. */
export interface Watch {
  lines: readonly string[];
  zone: string;
  from: number;
  until: number;
  /** How many times as fast as real time its clock runs. */
  rate: number;
}

/** Debian's cron and a library that shows it another clock, from the distribution's packages. */
export class DebianCron {
  private readonly running = new Set<ChildProcess>();

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
  remove(): void {
    for (const child of this.running) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** When it started the command of each line, by its own clock, a few seconds late. */
  async starts({ lines, zone, from, until, rate }: Watch): Promise<number[][]> {
    const work = mkdtempSync(join(this.folder, 'watch-'));
    const [crontab, file] = [join(work, 'crontab'), join(work, 'starts')];
    // A builtin of bash tells the time: hundreds of other processes would make cron late.
    const jobs = lines.map((line, index) => `${line} echo ${index} $EPOCHREALTIME >> ${file}`);
    writeFileSync(crontab, ['SHELL=/bin/bash', ...jobs, ''].join('\n'));
    const child = spawn(
      'unshare',
      ['--mount', 'sh', '-c', SCRIPT, 'sh', '/var/spool/cron', crontab, this.faketime, this.cron],
      {
        env: { PATH: process.env['PATH'], STARTS: file, TZ: zone, FAKETIME: `@${shown(from, zone)} x${rate}` },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    this.running.add(child);
    const exited = once(child, 'exit').finally(() => this.running.delete(child));
    const isOver = await Promise.race([exited.then(() => true), sleep((until - from) / rate + START_MS, false)]);
    child.kill('SIGKILL');
    await exited;
    if (isOver) throw new Error('cron ended by itself.');
    return readStarts(readFileSync(file, 'utf8'), lines.length, (realMs) => from + realMs * rate);
  }
}

function readStarts(text: string, lines: number, toFake: (realMs: number) => number): number[][] {
  const [began = '', ...rows] = text.trim().split('\n');
  const starts = Array.from({ length: lines }, (): number[] => []);
  for (const row of rows) {
    const [line, real] = row.split(' ').map(Number) as [number, number];
    starts[line]?.push(toFake((real - Number(began)) * 1_000));
  }
  return starts.map((list) => list.toSorted((a, b) => a - b));
}

/** `2024-03-10 01:40:00`: what the zone's clocks show. */
function shown(at: number, zone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
}
