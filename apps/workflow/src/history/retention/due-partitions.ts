import { idTime, retentionClasses, type RetentionClass } from '@app/contracts';
import type { Pool } from 'pg';
import type { DuePartition } from './drop-partition.js';
import { namesOf, partitionsSql } from './retention.sql.js';

const DAY_MS = 86_400_000;

/** The partitions whose youngest run is past its retention at `now`, the oldest of each class first. */
export async function duePartitions(pool: Pool, now: Date): Promise<DuePartition[]> {
  const limited = retentionClasses.filter((retention) => retention !== 0);
  return (await Promise.all(limited.map((retention) => dueOf(pool, retention, now)))).flat();
}

async function dueOf(pool: Pool, retention: RetentionClass, now: Date): Promise<DuePartition[]> {
  const { parent } = namesOf('workflow_runs', retention);
  const finishedSince = new Date(now.getTime() - retention * DAY_MS);
  const { rows } = await pool.query<{ name: string; upper: string }>(partitionsSql, [parent]);
  return rows
    .filter(({ upper }) => idTime(upper) <= finishedSince.getTime())
    .map(({ name, upper }) => ({ retention, suffix: name.slice(parent.length + 1), upper, finishedSince }));
}
