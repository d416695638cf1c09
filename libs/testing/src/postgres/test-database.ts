import { DatabaseConfig, loadConfig } from '@app/config';
import { randomBytes } from 'node:crypto';
import { providedServers } from '../provided.js';
import type { Client } from 'pg';
import { withAdmin } from './with-admin.js';

/** A database of one test file: migrated, empty, and nobody else's. */
export interface TestDatabase {
  readonly url: string;
  /** What `createDataSource` takes, with this database's URL. */
  readonly config: DatabaseConfig;
  /** Drops it, ending connections that are still open two seconds later. */
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
      await withAdmin(postgresUrl, (admin) => dropDatabase(admin, name));
    },
  };
}

/**
 * `end()` of a pool does not wait until its connections are closed, and whoever is ended by force while it closes throws an
 * error that nobody listens for any more (57P01). PostgreSQL itself waits for them when it is not told to use force.
 */
async function dropDatabase(admin: Client, name: string): Promise<void> {
  await admin.query("SET statement_timeout = '2s'");
  try {
    await admin.query(`DROP DATABASE IF EXISTS ${name}`);
  } catch {
    await admin.query('RESET statement_timeout');
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
}
