import { idTime, type JournalEntry } from '@app/contracts';
import type { Pool } from 'pg';

/** Plays the workflow service for one run: writes what it would write. */
export class PlayedEngine {
  private seq = 0;

  constructor(
    private readonly pool: Pool,
    private readonly runId: string,
  ) {}

  /** Appends a batch to the journal. Times of entries are milliseconds after the run was accepted. */
  async journal(...entries: JournalEntry[]): Promise<void> {
    const start = idTime(this.runId);
    const dated = entries.map((entry) => ({ ...entry, at: start + entry.at }));
    this.seq += 1;
    await this.pool.query(
      `INSERT INTO run_journal (run_id, retention, seq, epoch, entries)
       SELECT run_id, retention, $2, 1, $3 FROM claims WHERE run_id = $1`,
      [this.runId, this.seq, JSON.stringify(dated)],
    );
  }

  /** Parks the run until somebody wakes it. */
  async park(): Promise<void> {
    await this.pool.query(`UPDATE claims SET owner = NULL, run_at = 'infinity', woken = false WHERE run_id = $1`, [
      this.runId,
    ]);
  }

  /** Takes the run, as a replica would. */
  async hold(owner: string): Promise<void> {
    await this.pool.query('UPDATE claims SET owner = $2 WHERE run_id = $1', [this.runId, owner]);
  }

  async finish(status: 'completed' | 'failed' | 'cancelled', output: unknown = null): Promise<void> {
    await this.pool.query(
      `WITH done AS (DELETE FROM claims WHERE run_id = $1)
       UPDATE workflow_runs SET status = $2, output = $3, started_at = now(), completed_at = now() WHERE id = $1`,
      [this.runId, status, JSON.stringify(output)],
    );
  }

  /** What the run's claim says; undefined when the run is over. */
  async claim(): Promise<{ woken: boolean; is_due: boolean; is_cancelled: boolean } | undefined> {
    const { rows } = await this.pool.query(
      `SELECT woken, run_at <= now() AS is_due, cancel_requested_at IS NOT NULL AS is_cancelled
       FROM claims WHERE run_id = $1`,
      [this.runId],
    );
    return rows[0];
  }
}
