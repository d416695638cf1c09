import { eventually } from '@app/testing';
import type { Pool, PoolClient } from 'pg';

const PATIENCE = { timeoutMs: 30_000, everyMs: 5 };
/** Enough characters of a statement to tell it from the others. */
const SHOWN = 150;

/** A lock that makes PostgreSQL hold a statement of a process that is about to be stopped. */
export class HeldStatement {
  private constructor(
    private readonly pool: Pool,
    private readonly client: PoolClient,
    private readonly sql: string,
  ) {}

  /** @param lock what the statement waits for; @param sql the statement that is expected to */
  static async prepare(pool: Pool, lock: string, sql: string): Promise<HeldStatement> {
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query(lock);
    return new HeldStatement(pool, client, sql);
  }

  /** Resolves with the connection whose statement waits for the lock. */
  async blocked(): Promise<number> {
    return eventually(async () => {
      const { rows } = await this.pool.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND left(query, $2) = left($1, $2)`,
        [this.sql, SHOWN],
      );
      return rows[0]?.pid;
    }, PATIENCE);
  }

  /** Lets the statement go on. */
  async release(): Promise<void> {
    await this.client.query('COMMIT');
    this.client.release();
  }

  /** Lets the statement go on, and resolves when it is over. */
  async finish(backend: number): Promise<void> {
    await this.release();
    await eventually(async () => {
      const { rows } = await this.pool.query<{ state: string }>('SELECT state FROM pg_stat_activity WHERE pid = $1', [
        backend,
      ]);
      return rows[0]?.state !== 'active';
    }, PATIENCE);
  }
}
