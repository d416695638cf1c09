import { spawnService, temporaryFolder, testDatabase, testRedis, type TestService } from '@app/testing';
import { join } from 'node:path';

type Name = 'gateway' | 'workflow' | 'worker';

/** The three built services on a database, a Redis and a data folder of their own. */
export class RunningServices {
  private readonly services = new Map<Name, TestService>();
  private readonly more: TestService[] = [];

  private constructor(
    private readonly env: Readonly<Record<string, string>>,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  /** @param more variables of all three */
  static async start(more: Readonly<Record<string, string>> = {}): Promise<RunningServices> {
    const [database, redis] = await Promise.all([testDatabase(), testRedis()]);
    const folder = temporaryFolder('platform');
    const dataDir = join(folder.path, 'data');
    const env = { ...more, DATABASE_URL: database.url, REDIS_URL: redis.url, BIOMETRICS_DATA_DIR: dataDir };
    const running = new RunningServices(env, async () => {
      await database.drop();
      folder.remove();
    });
    // One after the other: the first one makes the secrets that the others read.
    for (const name of ['gateway', 'workflow', 'worker'] as const) await running.restart(name);
    return running;
  }

  get url(): string {
    return this.services.get('gateway')!.url;
  }

  get databaseUrl(): string {
    return this.env['DATABASE_URL']!;
  }

  get redisUrl(): string {
    return this.env['REDIS_URL']!;
  }

  /** What each service that runs has written. */
  logs(): Record<string, string> {
    return Object.fromEntries([...this.services].map(([name, service]) => [name, service.logs()]));
  }

  get dataDir(): string {
    return this.env['BIOMETRICS_DATA_DIR']!;
  }

  /** Starts a service, instead of the one that runs, with these variables besides. */
  async restart(name: Name, env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.services.get(name)?.stop();
    this.services.set(name, await spawnService(name, { env: { ...this.env, ...env } }));
  }

  /** Starts one more of a service, beside those that run. */
  async oneMore(name: Name): Promise<TestService> {
    const service = await spawnService(name, { env: this.env });
    this.more.push(service);
    return service;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.services.values(), ...this.more].map((service) => service.stop()));
    await this.cleanUp();
  }
}
