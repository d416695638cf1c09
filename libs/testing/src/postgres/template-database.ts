import { DatabaseConfig, loadConfig } from '@app/config';
import { createDataSource } from '@app/database';
import { withAdmin } from './with-admin.js';

/** Creates a database on the server of `postgresUrl` and applies all migrations to it. Nobody stays connected to it. */
export async function createTemplateDatabase(postgresUrl: string, name: string): Promise<void> {
  await withAdmin(postgresUrl, (admin) => admin.query(`CREATE DATABASE ${name}`));
  const url = new URL(postgresUrl);
  url.pathname = name;
  const dataSource = createDataSource(loadConfig(DatabaseConfig, { DATABASE_URL: url.href }));
  await dataSource.initialize();
  try {
    await dataSource.runMigrations();
  } finally {
    await dataSource.destroy();
  }
}
