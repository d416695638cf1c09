import { isConnectionLost, storable } from '@app/database';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobStatus } from '@app/contracts';
import { claimJobSql } from './claim-job.sql.js';
import { finishJobSql } from './finish-job.sql.js';
import type { ClaimedJob } from './job.js';
import { LEASE_MS } from './lease-times.js';
import type { NextState } from './next-state.js';

type ClaimedRow = ClaimedJob & { status: JobStatus };

const REPEAT_EVERY_MS = 200;
const REPEAT_FOR_MS = 30_000;

/** Claims jobs and writes their outcomes. */
@Injectable()
export class JobStoreService {
  constructor(private readonly pool: Pool) {}

  /** Takes a job. Nothing comes back when somebody else has it, or when it has moved on. */
  async claim(id: string, epoch: number, owner: string): Promise<ClaimedRow | undefined> {
    const { rows } = await this.pool.query<ClaimedRow>({
      name: 'claim-job',
      text: claimJobSql,
      values: [id, epoch, owner, LEASE_MS],
    });
    return rows[0];
  }

  /**
   * Writes what becomes of a job after an attempt. While the database is away it is tried again for half a minute: an
   * outcome that is known should not become a doubt.
   * @returns false when the job is no longer this attempt's
   */
  async finish(job: ClaimedJob, next: NextState, delayMs: number): Promise<boolean> {
    const result = next.result === null ? null : JSON.stringify(storable(next.result));
    const retries = next.isRetry ? job.retries + 1 : job.retries;
    const values = [job.id, job.owner, job.epoch, next.status, result, retries, delayMs];
    const giveUpAt = performance.now() + REPEAT_FOR_MS;
    for (;;) {
      try {
        const { rowCount } = await this.pool.query({ name: 'finish-job', text: finishJobSql, values });
        return rowCount === 1;
      } catch (error) {
        if (!isConnectionLost(error) || performance.now() > giveUpAt) throw error;
        await sleep(REPEAT_EVERY_MS);
      }
    }
  }
}
