import {
  AppError,
  BulkAction,
  firstIdAt,
  isFinalRunStatus,
  isId,
  newId,
  RetryFrom,
  RetryVersion,
  RunStatus,
  validationFailed,
  type BulkResultDto,
  type BulkRunsDto,
  type RefusedRunDto,
} from '@app/contracts';
import { inTransaction } from '@app/database';
import { CommandBus } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { decodeCursor, encodeCursor } from '../../http/paging.js';
import { RunQuotaService } from '../../quotas/run-quota.service.js';
import { acceptRetry } from './accept-retry.js';
import { retried, unretried } from './bulk-retry.sql.js';

/** Runs of one transaction. */
const BATCH = 50;
/** Runs that one request is about: fewer than are cancelled, because journals are read and copied. */
const MOST = 1_000;

type Outcome = 'accepted' | 'skipped' | RefusedRunDto;

/** Many runs that are done again. */
@Injectable()
export class BulkRetryService {
  constructor(
    private readonly pool: Pool,
    private readonly bus: CommandBus<'gateway'>,
    private readonly quota: RunQuotaService,
  ) {}

  /**
   * Retries finished runs that have no retry, the oldest first: failed ones, unless the filter says another status. Each
   * counts for the quota; when that is used up after some of them, the answer says that there are more.
   * @throws AppError VALIDATION_FAILED for a time that does not exist, a status that cannot be retried, a cursor that is
   * none; QUOTA_EXCEEDED when not one could be looked at
   */
  async retry(userId: string, request: BulkRunsDto): Promise<BulkResultDto> {
    const { from = RetryFrom.Failed, version = RetryVersion.Pinned, cursor } = request;
    const filter = { ...request.filter, status: request.filter.status ?? RunStatus.Failed };
    checkStatus(filter.status, from);
    const [start, until] = cursor === undefined ? [firstIdAt(0), newId()] : decodeCursor(cursor, isSpan);
    const counted =
      cursor === undefined ? await this.pool.query<{ count: number }>(retried(userId, filter, MOST)) : null;
    const result = { accepted: 0, skipped: counted?.rows[0]?.count ?? 0, refused: [] as RefusedRunDto[] };

    let [after, looked, more, isStopped] = [start, 0, true, false];
    while (more && !isStopped && looked < MOST) {
      const { rows } = await this.pool.query<{ id: string }>(unretried(userId, filter, after, until, BATCH));
      const ids = await this.admitted(userId, rows, looked > 0);
      for (const outcome of await this.acceptAll(userId, ids, { from, version })) {
        if (typeof outcome === 'object') result.refused.push(outcome);
        else result[outcome] += 1;
      }
      looked += ids.length;
      after = ids.at(-1) ?? after;
      isStopped = ids.length < rows.length;
      more = isStopped || rows.length === BATCH;
    }
    const matched = result.accepted + result.skipped + result.refused.length;
    return {
      action: BulkAction.Retry,
      matched,
      ...result,
      more,
      ...(more && { next_cursor: encodeCursor([after, until]) }),
    };
  }

  /** Those of a batch that the quota has room for. */
  private async admitted(userId: string, batch: readonly { id: string }[], isFurther: boolean): Promise<string[]> {
    const ids: string[] = [];
    for (const { id } of batch) {
      try {
        if (this.quota.isSet) await this.quota.take(userId);
      } catch (error) {
        const isSome = isFurther || ids.length > 0;
        if (isSome && error instanceof AppError && error.code === 'QUOTA_EXCEEDED') break;
        throw error;
      }
      ids.push(id);
    }
    return ids;
  }

  /** One transaction for all of them: a commit costs the same for one. */
  private async acceptAll(
    userId: string,
    ids: readonly string[],
    how: { from: RetryFrom; version: RetryVersion },
  ): Promise<Outcome[]> {
    if (ids.length === 0) return [];
    const outcomes = await inTransaction(this.pool, async (client) => {
      const all: Outcome[] = [];
      for (const runId of ids) {
        const retry = { userId, runId, id: newId(), isOnlyOnce: true };
        const isMade = await acceptRetry(client, retry, how).catch((error: unknown) => refusal(runId, error));
        all.push(typeof isMade === 'object' ? isMade : isMade ? 'accepted' : 'skipped');
      }
      return all;
    });
    const count = outcomes.filter((outcome) => outcome === 'accepted').length;
    if (count > 0) this.bus.publish('runs.waiting', { count });
    return outcomes;
  }
}

function checkStatus(status: RunStatus, from: RetryFrom): void {
  if (!isFinalRunStatus(status)) {
    throw validationFailed([{ field: 'filter.status', message: 'only finished runs can be retried' }]);
  }
  if (status === RunStatus.Completed && from === RetryFrom.Failed) {
    throw validationFailed([{ field: 'from', message: 'completed runs have not failed: say start' }]);
  }
}

/** What a run is refused for is an answer about this run; anything else is the end of the request. */
function refusal(runId: string, error: unknown): RefusedRunDto {
  if (error instanceof AppError && error.kind === 'user') {
    return { run_id: runId, code: error.code, message: error.message };
  }
  throw error;
}

/** The key of a cursor: the last run that was looked at, and the first that is too young. */
function isSpan(key: unknown): key is readonly [string, string] {
  return Array.isArray(key) && key.length === 2 && key.every(isId);
}
