import type { RunStatus } from '@app/contracts';
import { eventually } from '@app/testing';
import { Pool } from 'pg';

/** Runs, claims and replicas as they stand in PostgreSQL, for a test to look at. */
export class RunTable {
  readonly pool: Pool;

  constructor(databaseUrl: string) {
    this.pool = new Pool({ connectionString: databaseUrl, max: 2 });
    // A test may restart PostgreSQL.
    this.pool.on('error', () => undefined);
  }

  /** How many runs of a workflow there are in each status. */
  async count(workflowId: string): Promise<Partial<Record<RunStatus, number>>> {
    const { rows } = await this.pool.query<{ status: RunStatus; count: number }>(
      'SELECT status, count(*)::int FROM workflow_runs WHERE workflow_id = $1 GROUP BY status',
      [workflowId],
    );
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  }

  /** Waits until so many runs of a workflow are completed, and says in how many ms. */
  async completed(workflowId: string, count: number, timeoutMs: number): Promise<number> {
    const startedAt = performance.now();
    let seen: Partial<Record<RunStatus, number>> = {};
    await eventually(async () => ((seen = await this.count(workflowId)).completed ?? 0) >= count, { timeoutMs }).catch(
      (cause: unknown) => {
        throw new Error(`not ${count} runs completed but ${JSON.stringify(seen)}`, { cause });
      },
    );
    return Math.round(performance.now() - startedAt);
  }

  /** Runs that the process with this id holds. */
  async heldBy(pid: number): Promise<number> {
    return this.number(
      'SELECT count(*)::int AS n FROM claims c JOIN replicas r ON r.id = c.owner WHERE r.pid = $1',
      pid,
    );
  }

  /** The ids under which a process has worked. */
  async replicasOf(pid: number): Promise<{ id: string; isDead: boolean }[]> {
    const { rows } = await this.pool.query<{ id: string; isDead: boolean }>(
      'SELECT id, dead_at IS NOT NULL AS "isDead" FROM replicas WHERE pid = $1',
      [pid],
    );
    return rows;
  }

  /** Runs of a workflow that wait for a person because nobody knows what became of a call. */
  async inDoubt(workflowId: string): Promise<string[]> {
    const { rows } = await this.pool.query<{ run_id: string }>(
      'SELECT run_id FROM claims WHERE workflow_id = $1 AND in_doubt AND owner IS NULL ORDER BY run_id',
      [workflowId],
    );
    return rows.map(({ run_id }) => run_id);
  }

  /** Claims there are: one for each run that is not over. */
  async unfinished(): Promise<number> {
    return this.number('SELECT count(*)::int AS n FROM claims');
  }

  /** Waits until every run is over. */
  async allFinished(timeoutMs: number): Promise<void> {
    await eventually(async () => (await this.unfinished()) === 0, { timeoutMs });
  }

  /** Entries of journals that an owner wrote after the next one had begun: must always be 0. */
  async staleWrites(): Promise<number> {
    return this.number(`SELECT count(*)::int AS n FROM run_journal a JOIN run_journal b
      ON b.run_id = a.run_id AND b.seq > a.seq AND b.epoch < a.epoch`);
  }

  async number(sql: string, ...values: unknown[]): Promise<number> {
    const { rows } = await this.pool.query<{ n: number }>(sql, values);
    return rows[0]!.n;
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
