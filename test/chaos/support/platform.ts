import { newId, type ServiceName } from '@app/contracts';
import { PasswordHasher } from '@app/security';
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

  /**
   * A new user of the gateway that was started last, who may mail others. Made without registering, which would send a
   * mail that is none of the test's.
   */
  async signUp(): Promise<ApiUser> {
    const [id, password] = [newId(), 'correct horse battery staple'];
    const email = `${id}@example.com`;
    const hash = await new PasswordHasher({ concurrency: 1 }).hash(password);
    await this.runs.pool.query(
      `INSERT INTO users (id, email, name, password, email_verified_at) VALUES ($1, $2, 'Ada', $3, now())`,
      [id, email, hash],
    );
    return ApiUser.signIn(() => this.gateway!.url, { email, password });
  }

  /** Ends every process. */
  async stop(): Promise<void> {
    await Promise.all(this.services.map((service) => service.kill()));
    await this.runs.close();
  }
}
