import { freePort } from '@app/servers';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const services = ['gateway', 'workflow', 'worker'] as const;

/** All requests of a benchmark come from one address and one user. */
const unlimited = {
  RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000',
  RATE_LIMIT_BURST_SIZE: '10000000',
  RATE_LIMIT_USER_PER_MINUTE: '10000000',
  RATE_LIMIT_HOOK_PER_MINUTE: '10000000',
  LOGIN_FREE_FAILURES: '1000000',
};

/** The whole platform as `npm start` runs it, in a data folder of its own. */
export class Platform {
  private constructor(
    private readonly child: ChildProcess,
    /** Where it keeps everything, the secrets it made among it. */
    readonly dataDir: string,
    readonly url: string,
    /** From the start of the command to its ready line, in ms; the servers' first initialisation included. */
    readonly startedInMs: number,
    /** What its processes were started with, besides what the environment has. */
    readonly variables: Readonly<Record<string, string>>,
  ) {}

  /**
   * @param variables that differ from what `npm start` has
   * @param dataDir of a platform that was stopped and kept; a new one when left out
   */
  static async start(
    variables: Readonly<Record<string, string>> = {},
    dataDir = mkdtempSync(join(tmpdir(), 'biometrics-bench-')),
  ): Promise<Platform> {
    const port = await freePort();
    const main = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'src', 'main.js');
    const startedAt = performance.now();
    const shared = {
      BIOMETRICS_DATA_DIR: dataDir,
      METRICS_PORT: '0',
      LOG_LEVEL: 'warn',
      ...unlimited,
      ...variables,
    };
    const child = spawn(process.execPath, [main, 'serve', 'all'], {
      env: { ...process.env, ...shared, SERVER_PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await untilReady(child);
    return new Platform(child, dataDir, `http://127.0.0.1:${port}`, performance.now() - startedAt, shared);
  }

  /** Process ids of the three services. */
  get services(): Record<(typeof services)[number], number> {
    const of = (service: string): number =>
      Number(readFileSync(join(this.dataDir, 'run', `${service}.pid`), 'utf8').trim());
    return { gateway: of('gateway'), workflow: of('workflow'), worker: of('worker') };
  }

  /** The process that started everything. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  get databaseUrl(): string {
    return this.environment('DATABASE_URL');
  }

  get redisUrl(): string {
    return this.environment('REDIS_URL');
  }

  private environment(name: string): string {
    const lines = readFileSync(join(this.dataDir, 'run', 'env'), 'utf8').split('\n');
    const line = lines.find((text) => text.startsWith(`${name}=`)) ?? '';
    return line.slice(name.length + 1).replace(/^["']|["']$/g, '');
  }

  /** Resident memory of each service, in MB. */
  residentMemory(): Record<(typeof services)[number], number> {
    const pids = this.services;
    const of = (service: keyof typeof pids): number => {
      const pid = pids[service];
      const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return Number(kilobytes) / 1024;
    };
    return { gateway: of('gateway'), workflow: of('workflow'), worker: of('worker') };
  }

  /** @param keep leaves the data folder, for another start */
  async stop({ keep = false } = {}): Promise<void> {
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await exited;
    if (!keep) rmSync(this.dataDir, { recursive: true, force: true });
  }
}

async function untilReady(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('biometrics is ready:')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`The platform ended with ${code} before it was ready.\n${output}`)));
  });
}
