import type { Pool, PoolClient } from 'pg';

/** Runs `work` in one transaction of plain SQL: committed when it returns, rolled back when it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that breaks says so to its query and, besides, in an event: without a listener that ends the process.
  const noteBreak = (cause: Error): void => void (broken = cause);
  client.on('error', noteBreak);
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // A connection that cannot even roll back goes away instead of back into the pool.
    await client.query('ROLLBACK').catch((cause: unknown) => (broken = new Error('ROLLBACK failed', { cause })));
    throw error;
  } finally {
    client.removeListener('error', noteBreak);
    client.release(broken);
  }
}
