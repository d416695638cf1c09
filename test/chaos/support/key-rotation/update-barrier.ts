import { eventually } from '@app/testing';
import type { Pool, PoolClient } from 'pg';

const LOCK = 39_139;
const PATIENCE = { timeoutMs: 120_000, everyMs: 5 };

/**
 * Holds whoever re-encrypts one chosen row, in the middle of its statement. Writers of the API raise a row's version and
 * pass.
 */
export class UpdateBarrier {
  private constructor(
    private readonly pool: Pool,
    private readonly holder: PoolClient,
  ) {}

  static async make(pool: Pool): Promise<UpdateBarrier> {
    await pool.query(`
      CREATE TABLE held_rows (id uuid PRIMARY KEY);
      CREATE FUNCTION wait_at_barrier() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.version = OLD.version AND EXISTS (SELECT FROM held_rows h WHERE h.id = NEW.id) THEN
          PERFORM pg_advisory_xact_lock_shared(${LOCK});
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER wait_at_barrier BEFORE UPDATE ON integrations FOR EACH ROW EXECUTE FUNCTION wait_at_barrier()`);
    return new UpdateBarrier(pool, await pool.connect());
  }

  /** From now on whoever re-encrypts the row waits. */
  async close(id: string): Promise<void> {
    await this.holder.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await this.pool.query('INSERT INTO held_rows VALUES ($1)', [id]);
  }

  /** Resolves when somebody waits. */
  async reached(): Promise<void> {
    await eventually(async () => (await this.waiting()) > 0, PATIENCE);
  }

  /** Lets through who waits, and everybody from now on. */
  async open(): Promise<void> {
    await this.pool.query('DELETE FROM held_rows');
    await this.holder.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  }

  async remove(): Promise<void> {
    await this.pool.query('DROP FUNCTION wait_at_barrier CASCADE; DROP TABLE held_rows');
    this.holder.release();
  }

  private async waiting(): Promise<number> {
    const { rows } = await this.pool.query<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM pg_locks
       WHERE locktype = 'advisory' AND objid = $1 AND NOT granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      [LOCK],
    );
    return rows[0]?.waiting ?? 0;
  }
}
