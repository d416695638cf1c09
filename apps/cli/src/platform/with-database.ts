import { DatabaseConfig, loadConfig, type Variables } from '@app/config';
import { createDataSource } from '@app/database';
import type { DataSource } from 'typeorm';

/** Runs `use` with connections to the database that `env` names, and closes them. Throws ConfigError. */
export async function withDatabase<T>(env: Variables, use: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = createDataSource(loadConfig(DatabaseConfig, env));
  await dataSource.initialize();
  try {
    return await use(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
