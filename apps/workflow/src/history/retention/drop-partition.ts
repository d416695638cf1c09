import { inTransaction, PARTITION_LOCK } from '@app/database';
import type { RetentionClass } from '@app/contracts';
import type { Pool, PoolClient } from 'pg';
import { claimedRunsSql, historyTables, leftoversSql, namesOf, neededRunsSql } from './retention.sql.js';

/** A partition of the runs whose whole range is past its retention. */
export interface DuePartition {
  retention: RetentionClass;
  /** What the names of the partitions of runs and journal end with. */
  suffix: string;
  /** The first id after it. */
  upper: string;
  /** Runs that finished since then are kept for now. */
  finishedSince: Date;
}

/** Milliseconds that writers may have to wait while the locks are awaited. */
export const LOCK_TIMEOUT_MS = 200;

/** Milliseconds that one statement may take before the locks: it reads a whole partition. */
const LOOK_TIMEOUT_MS = 600_000;

/** Milliseconds that one statement may take while the locks are held: copying what is moved on is the longest. */
const REPLACE_TIMEOUT_MS = 10_000;

/**
 * Drops the partitions of runs and journal of one range, after it has moved on the runs that somebody still needs.
 *
 * Guarantees
 * - One transaction: whoever reads sees a needed run at any time, under the same id and retention class.
 * - Writers wait for the locks no longer than `LOCK_TIMEOUT_MS` before they are held; after that, for as long as copying
 *   the needed runs takes. What they write is in the new place or was copied there.
 * - Runs that were moved on before and are over by now leave with it; so do rows outside all ranges that are as old.
 * @returns false when another process is at it
 * @throws an error of PostgreSQL with code 55P03 or 57014 when the locks were not to be had in time: nothing was done
 */
export async function dropPartition(pool: Pool, due: DuePartition): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS locked', [
      PARTITION_LOCK,
    ]);
    if (rows[0]?.locked !== true) return false;
    await client.query(`SET LOCAL statement_timeout = ${LOOK_TIMEOUT_MS}`);
    for (const sql of leftoversSql) await client.query(sql, [due.upper]);
    const needed = await client.query<{ id: string }>(neededRunsSql, [due.retention, due.upper, due.finishedSince]);
    await lock(client, due);
    const claimed = await client.query<{ id: string }>(claimedRunsSql, [due.retention, due.upper]);
    const ids = [...new Set([...needed.rows, ...claimed.rows].map(({ id }) => id))];
    for (const { table, id } of historyTables) await replace(client, due, table, id, ids);
    return true;
  });
}

/**
 * Takes all locks at once: of the parents and of what is replaced, not of the living partitions, which may be in the hands
 * of a vacuum. The time of the statement is limited besides, since PostgreSQL limits the wait for each lock by itself.
 */
async function lock(client: PoolClient, { retention, suffix }: DuePartition): Promise<void> {
  const wanted = historyTables.flatMap(({ table }) => {
    const { parent, kept, outside } = namesOf(table, retention);
    return [parent, `${parent}_${suffix}`, kept, outside];
  });
  const { rows } = await client.query<{ name: string }>(
    'SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NOT NULL',
    [wanted],
  );
  const tables = rows.map(({ name }) => `ONLY ${name}`).join(', ');
  await client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}; SET LOCAL statement_timeout = ${LOCK_TIMEOUT_MS}`);
  await client.query(`LOCK TABLE ${tables} IN ACCESS EXCLUSIVE MODE`);
  await client.query(`SET LOCAL statement_timeout = ${REPLACE_TIMEOUT_MS}`);
}

/** Puts a partition with only the needed rows in the place of everything below the range's end. */
async function replace(
  client: PoolClient,
  { retention, suffix, upper }: DuePartition,
  table: string,
  id: string,
  needed: readonly string[],
): Promise<void> {
  const { parent, kept, outside } = namesOf(table, retention);
  const next = `${kept}_next`;
  await client.query(`CREATE TABLE ${next} (LIKE ${table} INCLUDING ALL)`);
  await client.query(
    `INSERT INTO ${next} SELECT * FROM ${table} WHERE retention = $1 AND ${id} < $2 AND ${id} = ANY ($3::uuid[])`,
    [retention, upper, needed],
  );
  await client.query(`DROP TABLE IF EXISTS ${parent}_${suffix}, ${kept}`);
  await client.query(`DELETE FROM ${outside} WHERE ${id} < $1`, [upper]);
  await client.query(`ALTER TABLE ${next} RENAME TO ${kept}`);
  await client.query(`ALTER TABLE ${parent} ATTACH PARTITION ${kept} FOR VALUES FROM (MINVALUE) TO ('${upper}')`);
}
