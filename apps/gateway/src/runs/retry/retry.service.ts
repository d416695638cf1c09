import { RunStatus, type RetryRunDto, type RunAcceptedDto } from '@app/contracts';
import { inTransaction } from '@app/database';
import { CommandBus } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { RunQuotaService } from '../../quotas/run-quota.service.js';
import { acceptRetry } from './accept-retry.js';

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
    const retry = { userId, runId, id, isOnlyOnce: false };
    await inTransaction(this.pool, (client) => acceptRetry(client, retry, request));
    this.bus.publish('runs.waiting', { count: 1 });
    return { run_id: id, status: RunStatus.Pending, message: 'The run is accepted.' };
  }
}
