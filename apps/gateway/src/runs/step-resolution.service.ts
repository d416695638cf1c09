import { AppError, conflict, newId, validationFailed, type JournalEntry, type ResolveStepDto } from '@app/contracts';
import { inTransaction } from '@app/database';
import { CommandBus } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { doubtfulAttempt } from './doubtful-attempt.js';
import { settleFinished } from './finished-doubt.js';
import { resolutionPayload } from './resolution-payload.js';
import { doubtSql, resolveSql } from './run-control.sql.js';

/** How often a run that moves under our hands is looked at again. */
const LOOKS = 5;

interface Doubt {
  row_version: string;
  /** Attempts of the step whose resolution is in the inbox already. */
  resolved_attempts: number[];
  entries: JournalEntry[];
}

/** Resolutions of steps in doubt: a person's word, put where the workflow service reads it, or into the journal of a run that is over. */
@Injectable()
export class StepResolutionService {
  constructor(
    private readonly pool: Pool,
    private readonly bus: CommandBus<'gateway'>,
  ) {}

  /** @throws AppError NOT_FOUND, VALIDATION_FAILED, CONFLICT when the step is not in doubt or already resolved */
  async resolve(userId: string, runId: string, path: string, resolution: ResolveStepDto): Promise<void> {
    checkConsistent(resolution);
    const payloadOf = (attempt: number) => resolutionPayload(path, attempt, resolution);
    for (let look = 0; look < LOOKS; look += 1) {
      const doubt = await this.unfinishedDoubt(userId, runId, path);
      if (doubt === undefined) {
        return inTransaction(this.pool, (client) => settleFinished(client, { userId, runId, path, payloadOf }));
      }
      const { rowVersion, attempt } = doubt;
      const payload = JSON.stringify(payloadOf(attempt));
      const { rowCount } = await this.pool.query(resolveSql, [runId, rowVersion, newId(), payload, userId]);
      if (rowCount === 1) return this.bus.publish('runs.waiting', { count: 1 });
    }
    const message = 'The run is busy. Nothing was changed, try again.';
    throw new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'transient', message, retryAfterS: 1 });
  }

  /** @returns undefined when nobody executes the run: it is over, or is not there */
  private async unfinishedDoubt(
    userId: string,
    runId: string,
    path: string,
  ): Promise<{ rowVersion: string; attempt: number } | undefined> {
    const { rows } = await this.pool.query<Doubt>(doubtSql, [runId, userId, path]);
    const [doubt] = rows;
    if (doubt === undefined) return undefined;
    const attempt = doubtfulAttempt(doubt.entries);
    if (doubt.resolved_attempts.includes(attempt))
      throw conflict('The step is resolved already; the run is about to go on.');
    return { rowVersion: doubt.row_version, attempt };
  }
}

function checkConsistent({ outcome, output, error }: ResolveStepDto): void {
  const errors = [];
  if (output !== undefined && outcome !== 'succeeded') {
    errors.push({ field: 'output', message: `only goes with the outcome 'succeeded'` });
  }
  if (error !== undefined && outcome !== 'failed') {
    errors.push({ field: 'error', message: `only goes with the outcome 'failed'` });
  }
  if (errors.length > 0) throw validationFailed(errors);
}
