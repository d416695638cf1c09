import { startPostgres, startRedis } from '@app/servers';
import { cheapenPasswords, createTemplateDatabase, type ProvidedServers, temporaryFolder } from '@app/testing';
import type { TestProject } from 'vitest/node';

interface Servers {
  readonly provided: ProvidedServers;
  stop(): Promise<void>;
}

/** Each project of vitest.config.ts runs this file as a module of its own; the servers are shared through here. */
const shared: { servers?: Promise<Servers>; users: number } = Reflect.get(globalThis, Symbol.for('servers')) ?? {
  users: 0,
};
Reflect.set(globalThis, Symbol.for('servers'), shared);

/** One PostgreSQL and one Redis for the whole run; the last project to finish stops them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.users++;
  const servers = await (shared.servers ??= start());
  project.provide('servers', servers.provided);
  return async () => {
    if (--shared.users === 0) await servers.stop();
  };
}

async function start(): Promise<Servers> {
  const folder = temporaryFolder('tests');
  // Not durable: the data of a test run is worth nothing and flushing would dominate its time.
  const [postgres, redis] = await Promise.all([
    startPostgres({ dataDir: `${folder.path}/postgres`, database: 'postgres', durable: false }),
    startRedis({ dataDir: `${folder.path}/redis` }),
  ]);
  await cheapenPasswords(postgres.url);
  const templateDatabase = 'migrated';
  await createTemplateDatabase(postgres.url, templateDatabase);
  return {
    provided: { postgresUrl: postgres.url, redisUrl: redis.url, templateDatabase, folder: folder.path },
    stop: async () => {
      await Promise.all([postgres.stop(), redis.stop()]);
      folder.remove();
    },
  };
}
