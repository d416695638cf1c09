import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { MEMORY_FLAGS } from '@app/servers';
import type { Platform } from '../platform.js';

/** More than any benchmark asks for: the limits are measured elsewhere. */
const UNLIMITED = '1000000000';

/** A gateway with the bench's own route, on the servers of a platform that has nothing else to do. */
export class GatewayProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(platform: Platform): Promise<GatewayProcess> {
    const child = fork(join(import.meta.dirname, 'bench-gateway.js'), {
      execArgv: [...MEMORY_FLAGS],
      env: {
        ...process.env,
        BIOMETRICS_DATA_DIR: platform.dataDir,
        DATABASE_URL: platform.databaseUrl,
        REDIS_URL: platform.redisUrl,
        SERVER_PORT: '0',
        HEALTH_PORT: '0',
        METRICS_PORT: '0',
        LOG_LEVEL: 'warn',
        RATE_LIMIT_REQUESTS_PER_MINUTE: UNLIMITED,
        RATE_LIMIT_BURST_SIZE: UNLIMITED,
        RATE_LIMIT_USER_PER_MINUTE: UNLIMITED,
        LOGIN_FREE_FAILURES: '1000000',
      },
    });
    const [url] = (await once(child, 'message')) as [string];
    return new GatewayProcess(child, url);
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
  }
}
