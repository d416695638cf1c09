import type { Variables } from '@app/config';
import { startPostgres, startRedis, type RunningServer } from '@app/servers';
import { namesDatabase, namesRedis } from '../platform/connections.js';
import type { DataFolder } from '../platform/data-folder.js';
import { type Notify, Supervised } from './supervise/supervised.js';

/** The servers that the user did not name, run by us. */
export class LocalServers {
  private readonly supervised: Supervised[] = [];

  constructor(
    private readonly folder: DataFolder,
    private readonly notify: Notify,
  ) {}

  /** Starts what `env` does not name and returns the variables that lead to it. Throws ServerError. */
  async start(env: Variables): Promise<Variables> {
    const { postgres, redis } = this.folder;
    const database = (): Promise<RunningServer> =>
      startPostgres({ dataDir: postgres, logFile: this.folder.log('postgres') });
    const cache = (): Promise<RunningServer> => startRedis({ dataDir: redis, logFile: this.folder.log('redis') });
    // Settled, not raced: when one fails, the other must be known so that it can be stopped.
    const results = await Promise.allSettled([
      namesDatabase(env) ? {} : this.run('PostgreSQL', 'DATABASE_URL', database),
      namesRedis(env) ? {} : this.run('Redis', 'REDIS_URL', cache),
    ]);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return Object.assign(
      {},
      ...results.map((result) => (result.status === 'fulfilled' ? result.value : {})),
    ) as Variables;
  }

  async stop(): Promise<void> {
    await Promise.all(this.supervised.map((server) => server.stop()));
  }

  private async run(name: string, variable: string, start: () => Promise<RunningServer>): Promise<Variables> {
    let url = '';
    const launch = async (): Promise<RunningServer> => {
      const server = await start();
      if (url !== '' && server.url !== url) {
        await server.stop();
        throw new Error('its port was taken by another program; waiting for it');
      }
      url = server.url;
      return server;
    };
    const supervised = new Supervised(name, launch, this.notify);
    await supervised.start();
    this.supervised.push(supervised);
    return { [variable]: url };
  }
}
