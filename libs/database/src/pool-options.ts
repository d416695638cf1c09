import type { DatabaseConfig } from '@app/config';
import type { PoolConfig } from 'pg';

/** The connections of a process, as `pg` takes them. */
export function poolOptions(config: DatabaseConfig): PoolConfig {
  return {
    connectionString: config.url,
    ssl: config.ssl,
    max: config.maxOpenConnections,
    min: config.maxIdleConnections,
    idleTimeoutMillis: IDLE_MS,
    maxLifetimeSeconds: Math.ceil(config.connectionMaxLifetimeMs / 1000),
    connectionTimeoutMillis: 5_000,
    statement_timeout: config.statementTimeoutMs,
    application_name: 'biometrics',
  };
}

/** How long a connection beyond DB_MAX_IDLE_CONNS waits for more work before it is closed. */
const IDLE_MS = 60_000;
