import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder with everything a platform on one machine keeps. Scripts rely on the names under `run`. */
export class DataFolder {
  readonly path: string;

  /** `path` is BIOMETRICS_DATA_DIR, relative to the current folder. */
  constructor(path: string) {
    this.path = resolve(path);
  }

  /** Makes the folder. Others may pass through it (the account PostgreSQL runs as for root does), not look around. */
  create(): void {
    mkdirSync(this.path, { recursive: true, mode: 0o711 });
    mkdirSync(this.run, { recursive: true, mode: 0o700 });
    mkdirSync(this.logs, { recursive: true, mode: 0o700 });
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
