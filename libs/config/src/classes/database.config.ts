import { Max, Min } from 'class-validator';
import { duration } from '../parsers/duration.parser.js';
import { integer } from '../parsers/integer.parser.js';
import { sslMode, type DatabaseSsl } from '../parsers/ssl-mode.parser.js';
import { url } from '../parsers/url.parser.js';
import { Variable } from '../variable.decorator.js';
import { databaseUrl, DatabaseParts } from './database-parts.config.js';

/** The connection to PostgreSQL. */
export class DatabaseConfig {
  /** PostgreSQL as one URL. It wins over DB_HOST, DB_PORT, DB_USER, DB_PASSWORD and DB_NAME. */
  @Variable('DATABASE_URL', url('postgres', 'postgresql'), {
    secret: true,
    required: true,
    hint: 'postgres://user:password@host:5432/name',
    parts: { of: DatabaseParts, join: databaseUrl },
  })
  url: string;

  /** TLS to PostgreSQL: none, encrypted only, or encrypted and the certificate checked. */
  @Variable('DB_SSL_MODE', sslMode)
  ssl: DatabaseSsl = false;

  /** Most connections this process opens. */
  @Variable('DB_MAX_OPEN_CONNS', integer)
  @Min(2)
  @Max(1_000)
  maxOpenConnections = 25;

  /** Connections kept open when nothing is asked of them. */
  @Variable('DB_MAX_IDLE_CONNS', integer)
  @Min(0)
  @Max(1_000)
  maxIdleConnections = 5;

  /** Age at which a connection is replaced, in seconds. */
  @Variable('DB_CONN_MAX_LIFETIME', duration('s'))
  @Min(1_000)
  connectionMaxLifetimeMs = 300_000;

  /** Longest time one statement may take, in seconds, after which PostgreSQL ends it. */
  @Variable('DB_STATEMENT_TIMEOUT', duration('s'))
  @Min(100)
  statementTimeoutMs = 30_000;
}
