import type { Pool } from 'pg';

/**
 * Copies a parked run so many times, with its claim, its journal and the job that it waits for, as if each had been
 * accepted and parked. @returns the id of one of the copies
 */
export async function copyParkedRun(pool: Pool, runId: string, count: number): Promise<string> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(
      `CREATE TEMP TABLE copies ON COMMIT DROP AS
       SELECT uuidv7() AS id, uuidv7() AS job_id FROM generate_series(1, ${count})`,
    );
    for (const [table, own, of] of tables) {
      await client.query(
        `INSERT INTO ${table} SELECT (jsonb_populate_record(t, ${own})).* FROM ${table} t, copies c WHERE t.${of} = $1`,
        [runId],
      );
    }
    const { rows } = await client.query<{ id: string }>('SELECT id FROM copies ORDER BY id OFFSET $1 LIMIT 1', [
      Math.floor(count / 2),
    ]);
    await client.query('COMMIT');
    return rows[0]!.id;
  } finally {
    client.release();
  }
}

/** Tables, what differs from copy to copy, and the column that names the run. */
const tables = [
  ['workflow_runs', `jsonb_build_object('id', c.id)`, 'id'],
  ['claims', `jsonb_build_object('run_id', c.id)`, 'run_id'],
  [
    'run_journal',
    `jsonb_build_object('run_id', c.id, 'entries', regexp_replace(t.entries::text, '("job_id": ?")[^"]*', '\\1' || c.job_id)::jsonb)`,
    'run_id',
  ],
  ['jobs', `jsonb_build_object('id', c.job_id, 'run_id', c.id)`, 'run_id'],
] as const;
