import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseConfig, loadConfig } from '@app/config';
import { createDataSource, hotPool } from '@app/database';
import { startPostgres } from '@app/servers';
import { dumpSchema } from './dump-schema.js';

/** docs/schema.sql, read from a database that is made for it, migrated and thrown away. */
export async function schemaDocument(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'biometrics-schema-'));
  const postgres = await startPostgres({ dataDir, durable: false });
  try {
    const dataSource = createDataSource(loadConfig(DatabaseConfig, { DATABASE_URL: postgres.url }));
    await dataSource.initialize();
    await dataSource.runMigrations();
    const text = await dumpSchema(hotPool(dataSource));
    await dataSource.destroy();
    return text;
  } finally {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
