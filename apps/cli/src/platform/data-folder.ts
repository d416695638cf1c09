import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The folder with everything a platform on one machine keeps. Scripts rely on the names under `run`. */
export class DataFolder {
  readonly path: string;

  /** `path` is BIOMETRICS_DATA_DIR, relative to the current folder. */
  constructor(path: string) {
    this.path = resolve(path);
  }

  /** Makes the folder; throws what the operating system says when it cannot be written to. Others may pass through it (the account PostgreSQL runs as for root does), not look around. */
  create(): void {
    makeFolder(this.path, 0o711);
    makeFolder(this.run, 0o700);
    makeFolder(this.logs, 0o700);
  }

  get run(): string {
    return join(this.path, 'run');
  }

  get logs(): string {
    return join(this.path, 'logs');
  }

  get postgres(): string {
    return join(this.path, 'postgres');
  }

  get redis(): string {
    return join(this.path, 'redis');
  }

  /** Where a process of the platform logs. */
  log(name: string): string {
    return join(this.logs, `${name}.log`);
  }

  /** DATABASE_URL and REDIS_URL of the running platform. */
  get environment(): string {
    return join(this.run, 'env');
  }
}

/** Node's own recursive way reports a read-only disk as ENOENT and never ends in some places, such as /proc. */
function makeFolder(path: string, mode: number): void {
  if (!existsSync(path)) {
    makeFolder(dirname(path), mode);
    mkdirSync(path, { mode });
  }
  accessSync(path, constants.W_OK);
}
