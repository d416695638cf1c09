import type { DatabaseConfig } from '@app/config';
import { Pool } from 'pg';
import { poolOptions } from './pool-options.js';

/** Provides the `keyedPool` of a process. */
export const KEYED_POOL = Symbol('keyed pool');

/** What the planner may not choose: a plan is made once for all batches, and may be made while a table is empty. */
const PLANNING = ['seqscan', 'hashjoin', 'mergejoin'].map((path) => `-c enable_${path}=off`).join(' ');

/**
 * Connections for prepared statements that look up a batch of rows by their keys. Left to itself the planner makes a plan of its
 * own for each batch, which takes as long as the statement, or keeps one from when a table was empty, and reads the
 * table from end to end when it no longer is.
 * @param most how many connections; they are apart from those of DB_MAX_OPEN_CONNS
 */
export function keyedPool(config: DatabaseConfig, most: number): Pool {
  const options = `-c plan_cache_mode=force_generic_plan ${PLANNING}`;
  const pool = new Pool({ ...poolOptions(config), min: 0, max: most, options });
  // Whoever needs the next connection meets the error, if there still is one.
  pool.on('error', () => undefined);
  return pool;
}
