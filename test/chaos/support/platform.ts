import type { ServiceName } from '@app/contracts';
import { spawnService, type TestService } from '@app/testing';
import { ApiUser } from './api-user.js';
import { RunTable } from './run-table.js';

export interface PlatformOptions {
  databaseUrl: string;
  redisUrl: string;
  /** Further variables for every service. */
  env?: Readonly<Record<string, string>>;
}

/** The services as processes of their own, to be killed, frozen and replaced. */
export class Platform {
  readonly runs: RunTable;
  readonly services: TestService[] = [];
  private gateway: TestService | undefined;

  constructor(private readonly options: PlatformOptions) {
    this.runs = new RunTable(options.databaseUrl);
  }

  /** Starts one more service and waits until it is ready. */
  async spawn(name: ServiceName, env: Readonly<Record<string, string>> = {}): Promise<TestService> {
    const { databaseUrl, redisUrl, env: common } = this.options;
    const service = await spawnService(name, {
      env: { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, LOG_LEVEL: 'info', ...common, ...env },
    });
    this.services.push(service);
    if (name === 'gateway') this.gateway = service;
    return service;
  }

  /** What the services wrote, for whoever reads why a test failed. */
  logs(): string {
    return this.services.map((service) => `--- process ${service.pid}\n${service.logs()}`).join('\n');
  }

  /** A new user of the gateway that was started last, who may mail others. */
  async signUp(): Promise<ApiUser> {
    const user = await ApiUser.signUp(() => this.gateway!.url);
    await this.runs.pool.query('UPDATE users SET email_verified_at = now()');
    return user;
  }

  /** Ends every process. */
  async stop(): Promise<void> {
    await Promise.all(this.services.map((service) => service.kill()));
    await this.runs.close();
  }
}
