import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@app/testing';

const ROOT = join(import.meta.dirname, '..', '..');
const SERVICES = ['gateway', 'workflow', 'worker'] as const;

/** `npm start` as a user runs it, in a group of its own so that it can be signalled as a terminal would. */
export class PlatformProcess {
  readonly exited: Promise<number | NodeJS.Signals>;
  stdout = '';
  stderr = '';
  private readonly child: ChildProcess;

  constructor(
    private readonly dataDir: string,
    env: NodeJS.ProcessEnv,
    args: readonly string[] = [],
  ) {
    this.child = spawn('npm', ['start', '--silent', '--', ...args], {
      cwd: ROOT,
      detached: true,
      env: { ...withoutServers(process.env), BIOMETRICS_DATA_DIR: dataDir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString('utf8')));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString('utf8')));
    this.exited = new Promise((resolve) => this.child.once('close', (code, signal) => resolve(signal ?? code ?? 0)));
  }

  /** Waits for the line that scripts wait for, and returns the origin in it. */
  async ready(): Promise<string> {
    const seen = (): RegExpExecArray | null => /^biometrics is ready: (http:\/\/127\.0\.0\.1:\d+)$/m.exec(this.stdout);
    await eventually(() => seen() !== null || this.child.exitCode !== null, { timeoutMs: 120_000 });
    const origin = seen()?.[1];
    if (origin === undefined) throw new Error(`npm start ended with ${this.child.exitCode}: ${this.stderr}`);
    return origin;
  }

  /** Sends a signal to the whole group, as Ctrl-C in a terminal does. */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.child.pid!, signal);
  }

  /** Sends a signal to npm alone, as a process manager does. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The process ids of the services, by their pid files. */
  servicePids(): Record<(typeof SERVICES)[number], number> {
    const read = (name: string): number => Number(readFileSync(join(this.dataDir, 'run', `${name}.pid`), 'utf8'));
    return { gateway: read('gateway'), workflow: read('workflow'), worker: read('worker') };
  }

  /** The process ids of PostgreSQL and Redis. */
  serverPids(): number[] {
    const records = ['postgres/postgres.process', 'redis/redis.process'].map((name) => join(this.dataDir, name));
    return records.filter((path) => existsSync(path)).map((path) => pidOf(readFileSync(path, 'utf8')));
  }
}

function pidOf(record: string): number {
  const { pid } = JSON.parse(record) as { pid: number };
  return pid;
}

function withoutServers(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...rest } = env;
  return rest;
}
