import { RedisConfig, loadConfig } from '@app/config';
import { type RunningServer, redisCommand, startRedis } from '@app/servers';
import { temporaryFolder } from '../temporary-folder.js';

/** A Redis of one test's own, to be emptied, killed and started again. Its address stays the same throughout. */
export class TestRedisServer {
  private constructor(
    private readonly folder: ReturnType<typeof temporaryFolder>,
    private server: RunningServer,
  ) {}

  /** Starts one. */
  static async start(): Promise<TestRedisServer> {
    const folder = temporaryFolder('redis');
    return new TestRedisServer(folder, await startRedis({ dataDir: folder.path }));
  }

  get url(): string {
    return this.server.url;
  }

  get config(): RedisConfig {
    return loadConfig(RedisConfig, { REDIS_URL: this.url });
  }

  /** Ends it as a crash would. Everything in it is lost. */
  async kill(): Promise<void> {
    process.kill(this.server.pid, 'SIGKILL');
    await this.server.exited;
  }

  /** Starts it again after `kill`, empty, at the same address. */
  async restart(): Promise<void> {
    const { url } = this.server;
    this.server = await startRedis({ dataDir: this.folder.path });
    if (this.server.url !== url) throw new Error('somebody else took the port of this Redis');
  }

  /** FLUSHALL. */
  async flush(): Promise<void> {
    await redisCommand(this.url, 'FLUSHALL');
  }

  /** Stops it for good and removes its folder. */
  async stop(): Promise<void> {
    await this.server.stop();
    this.folder.remove();
  }
}
