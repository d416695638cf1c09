import { RunValues } from '@app/blobs';
import { conflict, finalRunStatuses, notFound, type RunDto, type RunStatus, type RunSummaryDto } from '@app/contracts';
import { inTransaction, toRunSummary, type RunRow } from '@app/database';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import type { Caller } from '../http/access/caller.js';
import type { Device } from '../http/device.decorator.js';
import { decodeCursor, isIdKey, pageOf, type Page } from '../http/paging.js';
import type { AllRunsQuery } from '../http/run-list.dto.js';
import { runPage, runTotal } from './run-list.sql.js';
import { toRun, type WholeRunRow } from './run-row.js';
import { deleteRunSql, hasClaimsSql, latestRunsSql, runSql, runStatusSql } from './runs.sql.js';

/** The history of runs, as their owner sees it. */
@Injectable()
export class RunsService {
  constructor(
    private readonly pool: Pool,
    private readonly audit: AuditService,
    private readonly values: RunValues,
  ) {}

  async list(userId: string, query: AllRunsQuery): Promise<Page<RunSummaryDto>> {
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, isIdKey)[0];
    const { rows } = await this.pool.query<RunRow>(runPage(userId, query, after));
    const total = after === undefined ? await this.total(userId, query) : undefined;
    return pageOf(rows.map(toRunSummary), query, total, ({ id }) => [id]);
  }

  /** The newest runs of a workflow, newest first. */
  async latest(userId: string, workflowId: string, limit: number): Promise<RunSummaryDto[]> {
    const { rows } = await this.pool.query<RunRow>(latestRunsSql, [workflowId, userId, limit]);
    return rows.map(toRunSummary);
  }

  /** Whether runs of a workflow are under way: each unfinished run has a claim. */
  async hasUnfinished(workflowId: string): Promise<boolean> {
    const { rows } = await this.pool.query<{ exists: boolean }>(hasClaimsSql, [workflowId]);
    return rows[0]?.exists === true;
  }

  /** @throws AppError NOT_FOUND, SERVICE_UNAVAILABLE when a large value cannot be read now */
  async get(userId: string, id: string): Promise<RunDto> {
    const { rows } = await this.pool.query<WholeRunRow>(runSql, [id, userId]);
    const [row] = rows;
    if (row === undefined) throw notFound('run');
    const { input_blob, output_blob } = row;
    return toRun({
      ...row,
      input: input_blob === null ? row.input : await this.values.read(input_blob),
      output: output_blob === null ? row.output : await this.values.read(output_blob),
    });
  }

  /** @throws AppError NOT_FOUND */
  async statusOf(userId: string, id: string): Promise<RunStatus> {
    const { rows } = await this.pool.query<{ status: RunStatus }>(runStatusSql, [id, userId]);
    const [row] = rows;
    if (row === undefined) throw notFound('run');
    return row.status;
  }

  /** @throws AppError NOT_FOUND, CONFLICT when the run is not over */
  async remove(caller: Caller, id: string, device: Device): Promise<void> {
    const isRemoved = await inTransaction(this.pool, async (client) => {
      const values = [id, caller.userId, finalRunStatuses];
      const { rows } = await client.query<{ workflow_id: string; status: RunStatus }>(deleteRunSql, values);
      const [details] = rows;
      if (details === undefined) return false;
      const subject = { type: 'run', id };
      await this.audit.record(client, {
        action: 'run.deleted',
        actor: caller,
        device,
        subject,
        details: { ...details },
      });
      return true;
    });
    if (isRemoved) return;
    const status = await this.statusOf(caller.userId, id);
    throw conflict(`The run is ${status}: only a finished run can be deleted. Cancel it first.`);
  }

  private async total(userId: string, query: AllRunsQuery): Promise<number> {
    const { rows } = await this.pool.query<{ total: number }>(runTotal(userId, query));
    return rows[0]?.total ?? 0;
  }
}
