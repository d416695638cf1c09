import type { Variables } from '@app/config';
import { hotPool } from '@app/database';
import type { Pool } from 'pg';
import { withDatabase } from './with-database.js';

/** As `withDatabase`, for plain SQL. */
export function withPool<T>(env: Variables, use: (pool: Pool) => Promise<T>): Promise<T> {
  return withDatabase(env, (dataSource) => use(hotPool(dataSource)));
}
