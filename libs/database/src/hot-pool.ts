import { AppError } from '@app/contracts';
import { Pool } from 'pg';
import type { DataSource } from 'typeorm';

/**
 * The `pg` pool under a data source, for the plain prepared SQL of hot paths. The same connections as TypeORM's, so
 * that DB_MAX_OPEN_CONNS stays one number.
 */
export function hotPool(dataSource: DataSource): Pool {
  const pool: unknown = Reflect.get(dataSource.driver, 'master');
  if (pool instanceof Pool) return pool;
  throw new AppError({ code: 'INTERNAL_ERROR', kind: 'bug', message: 'The data source is not initialised.' });
}
