import type { Pool } from 'pg';
import { inTransaction } from '../in-transaction.js';
import { dropEventPartitions, eventPartitionsSql, eventPartitionStatements } from './event-partitions.sql.js';
import { PARTITION_LOCK, partitionStatements } from './partitions.sql.js';

/**
 * Makes the history partitions of today and of the next period, and drops those of events that are past their time. Safe to run on every replica at once and at any time.
 * @param now decides which periods are meant
 */
export async function ensurePartitions(pool: Pool, now: Date): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
    for (const statement of [...partitionStatements(now), ...eventPartitionStatements(now)]) {
      await client.query(statement);
    }
    const { rows } = await client.query<{ name: string }>(eventPartitionsSql);
    const names = rows.map(({ name }) => name);
    for (const statement of dropEventPartitions(names, now)) await client.query(statement);
  });
}
