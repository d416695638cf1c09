import type { DataSource } from 'typeorm';

/** Any number will do, as long as every version uses the same. */
const LOCK = 6_447_283;

/**
 * Runs `use` while no other process changes the schema of this database: a session's advisory lock, which PostgreSQL
 * frees by itself when this process dies.
 */
export async function holdingMigrationLock<T>(dataSource: DataSource, use: () => Promise<T>): Promise<T> {
  const session = dataSource.createQueryRunner();
  await session.connect();
  try {
    await session.query('SELECT pg_advisory_lock($1)', [LOCK]);
    return await use();
  } finally {
    await session.query('SELECT pg_advisory_unlock($1)', [LOCK]);
    await session.release();
  }
}
