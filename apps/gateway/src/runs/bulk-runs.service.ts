import { BulkAction, validationFailed, type BulkResultDto, type BulkRunsDto } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { bulkCancel, bulkCancelled } from './bulk-runs.sql.js';
import { RunControlService, type CancelledClaim } from './run-control.service.js';

/** Runs that one statement is about. */
const BATCH = 500;
/** Runs that one request is about. */
const MOST = 5_000;

/** What is done to many runs at once. */
@Injectable()
export class BulkRunsService {
  constructor(
    private readonly pool: Pool,
    private readonly control: RunControlService,
  ) {}

  /**
   * Asks for the cancellation of unfinished runs, the oldest first.
   * @throws AppError VALIDATION_FAILED for a time that does not exist, and for what says how to retry
   */
  async cancel(userId: string, { filter, from, version, cursor }: BulkRunsDto): Promise<BulkResultDto> {
    const given = Object.entries({ from, version, cursor }).filter(([, value]) => value !== undefined);
    if (given.length > 0) {
      throw validationFailed(given.map(([field]) => ({ field, message: 'goes with the action retry only' })));
    }
    const { rows } = await this.pool.query<{ count: number }>(bulkCancelled(userId, filter, MOST));
    const skipped = rows[0]?.count ?? 0;
    let [accepted, last] = [0, BATCH];
    while (last === BATCH && accepted < MOST) {
      const claims = await this.pool.query<CancelledClaim>(bulkCancel(userId, filter, BATCH));
      this.control.announceAll(claims.rows);
      last = claims.rows.length;
      accepted += last;
    }
    return {
      action: BulkAction.Cancel,
      matched: accepted + skipped,
      accepted,
      skipped,
      refused: [],
      more: last === BATCH,
    };
  }
}
