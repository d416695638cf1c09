import { DatabaseConfig, loadConfig } from '@app/config';
import { randomBytes } from 'node:crypto';
import { providedServers } from '../provided.js';
import { withAdmin } from './with-admin.js';

/** A database of one test file: migrated, empty, and nobody else's. */
export interface TestDatabase {
  readonly url: string;
  /** What `createDataSource` takes, with this database's URL. */
  readonly config: DatabaseConfig;
  /** Drops it, ending connections that are still open. */
  readonly drop: () => Promise<void>;
}

/** Clones the run's migrated template. Call it in `beforeAll` and `drop()` in `afterAll`. */
export async function testDatabase(): Promise<TestDatabase> {
  const { postgresUrl, templateDatabase } = providedServers();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withAdmin(postgresUrl, (admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE ${templateDatabase}`));
  const url = new URL(postgresUrl);
  url.pathname = name;
  return {
    url: url.href,
    config: loadConfig(DatabaseConfig, { DATABASE_URL: url.href }),
    drop: async () => {
      await withAdmin(postgresUrl, (admin) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}
