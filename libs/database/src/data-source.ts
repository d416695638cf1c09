import type { DatabaseConfig } from '@app/config';
import { DataSource } from 'typeorm';
import * as entities from './entities/index.js';
import * as migrations from './migrations/index.js';

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
    poolSize: config.maxOpenConnections,
    poolErrorHandler: ignoreIdleConnectionLoss,
    extra: {
      min: config.maxIdleConnections,
      idleTimeoutMillis: IDLE_MS,
      maxLifetimeSeconds: Math.ceil(config.connectionMaxLifetimeMs / 1000),
      connectionTimeoutMillis: 5_000,
      statement_timeout: config.statementTimeoutMs,
      application_name: 'biometrics',
    },
  });
}

/** How long a connection beyond DB_MAX_IDLE_CONNS waits for more work before it is closed. */
const IDLE_MS = 60_000;

/** The pool replaces an idle connection that broke; whoever needs the next one meets the error, if there still is one. */
function ignoreIdleConnectionLoss(): void {}
