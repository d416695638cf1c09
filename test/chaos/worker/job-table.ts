import { newId, type JobStatus } from '@app/contracts';
import { eventually } from '@app/testing';
import { Pool } from 'pg';

export interface JobRow {
  id: string;
  status: JobStatus;
  retries: number;
  epoch: number;
  owner: string | null;
  result: { success: boolean; error?: { code: string } } | null;
  processed_at: Date | null;
}

/** The jobs table as a test writes and reads it. */
export class JobTable {
  private readonly pool: Pool;

  constructor(databaseUrl: string) {
    this.pool = new Pool({ connectionString: databaseUrl });
    // A test may end the connections of everybody.
    this.pool.on('error', () => undefined);
  }

  /** Writes mails to send and returns the jobs' ids; the Message-ID of each is `<id>@test`. */
  async addMails(
    count: number,
    columns: { priority?: number; payload?: object; run_id?: string } = {},
  ): Promise<string[]> {
    const ids = Array.from({ length: count }, newId);
    await this.pool.query(
      `INSERT INTO jobs (id, type, priority, run_id, payload)
       SELECT id, 'email.send', $2, $3, coalesce($4::jsonb, jsonb_build_object(
         'to', '["ann@example.org"]'::jsonb, 'subject', 'Hello', 'text', 'Hi', 'message_id', id || '@test'))
       FROM unnest($1::uuid[]) AS id`,
      [ids, columns.priority ?? 5, columns.run_id ?? null, columns.payload ? JSON.stringify(columns.payload) : null],
    );
    return ids;
  }

  async cancel(id: string): Promise<void> {
    await this.pool.query('UPDATE jobs SET cancel_requested_at = now() WHERE id = $1', [id]);
  }

  async read(id: string): Promise<JobRow> {
    const { rows } = await this.pool.query<JobRow>('SELECT * FROM jobs WHERE id = $1', [id]);
    return rows[0]!;
  }

  async count(): Promise<Partial<Record<JobStatus, number>>> {
    const { rows } = await this.pool.query<{ status: JobStatus; n: string }>(
      'SELECT status, count(*) AS n FROM jobs GROUP BY status',
    );
    return Object.fromEntries(rows.map(({ status, n }) => [status, Number(n)]));
  }

  /** Waits until a job is in one of these states. */
  async becomes(id: string, timeoutMs: number, ...states: JobStatus[]): Promise<JobRow> {
    return eventually(
      async () => {
        const row = await this.read(id);
        return states.includes(row.status) ? row : undefined;
      },
      { timeoutMs, everyMs: 20 },
    );
  }

  /** Waits until no job is queued or running. */
  async settle(timeoutMs: number): Promise<void> {
    const busy = async () => {
      const { queued = 0, running = 0 } = await this.count();
      return queued + running === 0;
    };
    await eventually(busy, { timeoutMs, everyMs: 100 });
  }

  /** Ends everybody's connections to the database, except the one that does it. */
  async endConnections(): Promise<void> {
    const others = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()';
    await this.pool.query(`${others} AND pid <> pg_backend_pid()`);
  }

  async clear(): Promise<void> {
    await this.pool.query('DELETE FROM jobs');
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
