import type { RunJob } from '@app/contracts';
import { BatchedLookup } from '@app/database';
import type { Pool } from 'pg';

const settledJobsSql = 'SELECT id, status, result FROM jobs WHERE id = ANY($1::uuid[])';

/** Reads what commits made of what they did themselves; many steps at once, in one query. */
export class SettledJobs {
  private readonly lookup: BatchedLookup<RunJob>;

  constructor(pool: Pick<Pool, 'query'>) {
    this.lookup = new BatchedLookup(async (ids) => {
      const { rows } = await pool.query<RunJob>({ name: 'settled-jobs', text: settledJobsSql, values: [ids] });
      return new Map(rows.map((row) => [row.id, row]));
    });
  }

  /** @param id of one whose commit has been acknowledged */
  async read(id: string): Promise<RunJob> {
    const job = await this.lookup.find(id);
    if (job === undefined) throw new Error(`Job ${id} was committed and is not there.`);
    return job;
  }
}
