import type { DatabaseConfig } from '@app/config';
import { DataSource } from 'typeorm';
import * as entities from './entities/index.js';
import * as migrations from './migrations/index.js';
import { poolOptions } from './pool-options.js';

/**
 * The data source of every process: TypeORM over one `pg` pool, entities and migrations registered, nothing
 * synchronised by itself. Call `initialize()` before use and `destroy()` at the end.
 */
export function createDataSource(config: DatabaseConfig): DataSource {
  return new DataSource({
    type: 'postgres',
    url: config.url,
    ssl: config.ssl,
    entities: Object.values(entities),
    migrations: Object.values(migrations),
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    poolErrorHandler: ignoreIdleConnectionLoss,
    extra: poolOptions(config),
  });
}

/** The pool replaces an idle connection that broke; whoever needs the next one meets the error, if there still is one. */
function ignoreIdleConnectionLoss(): void {}
