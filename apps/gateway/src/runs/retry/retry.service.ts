import {
  conflict,
  isFinalRunStatus,
  notFound,
  RunStatus,
  StepStatus,
  stepViews,
  type JournalEntry,
  type RetryRunDto,
  type RunAcceptedDto,
} from '@app/contracts';
import { inTransaction } from '@app/database';
import type { StepDefinition } from '@app/definition';
import { CommandBus } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { RunQuotaService } from '../../quotas/run-quota.service.js';
import { journalSql } from '../run-steps.sql.js';
import { equalSteps } from './equal-steps.js';
import { journalCopy } from './journal-copy.js';
import { copyJournalSql, retriedRunSql, retryRunSql } from './retry.sql.js';

/** Entries of one row of a copied journal. */
const ROW_ENTRIES = 500;

interface RetriedRun {
  status: RunStatus;
  retention: number;
  version: number;
  latest: number;
  /** Of the version that the run is pinned to. */
  steps: StepDefinition[];
  latest_steps: StepDefinition[];
}

/** Runs that are done again, as new runs. */
@Injectable()
export class RetryService {
  constructor(
    private readonly pool: Pool,
    private readonly bus: CommandBus<'gateway'>,
    private readonly quota: RunQuotaService,
  ) {}

  /**
   * Accepts a run that does another one again. It and what it has of the other's journal are committed together.
   * @param id of the new run; asked again for one that is there, it answers with that
   * @throws AppError NOT_FOUND, CONFLICT when the run is not over, has not failed or has a step in doubt, QUOTA_EXCEEDED
   */
  async retry(userId: string, runId: string, request: RetryRunDto, id: string): Promise<RunAcceptedDto> {
    if (this.quota.isSet) await this.quota.take(userId);
    await inTransaction(this.pool, (client) => this.accept(client, { userId, runId, id }, request));
    this.bus.publish('runs.waiting', { count: 1 });
    return { run_id: id, status: RunStatus.Pending, message: 'The run is accepted.' };
  }

  private async accept(
    client: PoolClient,
    { userId, runId, id }: { userId: string; runId: string; id: string },
    { from, version }: RetryRunDto,
  ): Promise<void> {
    const { rows } = await client.query<RetriedRun>(retriedRunSql, [runId, userId]);
    const [run] = rows;
    if (run === undefined) throw notFound('run');
    if (!isFinalRunStatus(run.status)) throw conflict(`The run is ${run.status}: only a finished run can be retried.`);
    const isLatest = version === 'latest';
    const entries = from === 'start' ? [] : await copiedEntries(client, runId, run, isLatest);
    const values = [id, runId, userId, isLatest ? run.latest : run.version, entries.length > 0];
    const accepted = await client.query<{ retention: number }>(retryRunSql, values);
    const [made] = accepted.rows;
    if (made === undefined) return;
    for (let seq = 1, first = 0; first < entries.length; seq += 1, first += ROW_ENTRIES) {
      const part = JSON.stringify(entries.slice(first, first + ROW_ENTRIES));
      await client.query(copyJournalSql, [id, made.retention, seq, part]);
    }
  }
}

async function copiedEntries(
  client: PoolClient,
  runId: string,
  run: RetriedRun,
  isLatest: boolean,
): Promise<JournalEntry[]> {
  if (run.status === RunStatus.Completed) throw conflict(`The run has not failed. Retry it with from: 'start'.`);
  const { rows } = await client.query<{ entries: JournalEntry[] }>(journalSql, [run.retention, runId]);
  const entries = rows.flatMap((row) => row.entries);
  const doubtful = stepViews(entries).find(({ status }) => status === StepStatus.InDoubt);
  if (doubtful !== undefined) {
    throw conflict(
      `The step ${doubtful.path} is in doubt: nobody knows whether its effect happened. ` +
        `Find out, then retry with from: 'start', or start another run.`,
    );
  }
  return journalCopy(entries, equalSteps(run.steps, isLatest ? run.latest_steps : run.steps), Date.now());
}
