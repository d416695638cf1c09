import {
  AppError,
  conflict,
  newId,
  notFound,
  StepStatus,
  stepViews,
  validationFailed,
  type JournalEntry,
  type ResolveStepDto,
} from '@app/contracts';
import { CommandBus } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { doubtSql, resolveSql } from './run-control.sql.js';
import { resolutionPayload } from './resolution-payload.js';
import { RunsService } from './runs.service.js';

/** How often a run that moves under our hands is looked at again. */
const LOOKS = 5;

interface Doubt {
  row_version: string;
  /** Attempts of the step whose resolution is in the inbox already. */
  resolved_attempts: number[];
  entries: JournalEntry[];
}

/** Resolutions of steps in doubt: a person's word, put where the workflow service reads it. */
@Injectable()
export class StepResolutionService {
  constructor(
    private readonly pool: Pool,
    private readonly bus: CommandBus<'gateway'>,
    private readonly runs: RunsService,
  ) {}

  /** @throws AppError NOT_FOUND, VALIDATION_FAILED, CONFLICT when the step is not in doubt or already resolved */
  async resolve(userId: string, runId: string, path: string, resolution: ResolveStepDto): Promise<void> {
    checkConsistent(resolution);
    for (let look = 0; look < LOOKS; look += 1) {
      const { rowVersion, attempt } = await this.doubtfulAttempt(userId, runId, path);
      const payload = JSON.stringify(resolutionPayload(path, attempt, resolution));
      const { rowCount } = await this.pool.query(resolveSql, [runId, rowVersion, newId(), payload, userId]);
      if (rowCount === 1) return this.bus.publish('runs.waiting', { count: 1 });
    }
    const message = 'The run is busy. Nothing was changed, try again.';
    throw new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'transient', message, retryAfterS: 1 });
  }

  private async doubtfulAttempt(
    userId: string,
    runId: string,
    path: string,
  ): Promise<{ rowVersion: string; attempt: number }> {
    const { rows } = await this.pool.query<Doubt>(doubtSql, [runId, userId, path]);
    const [doubt] = rows;
    if (doubt === undefined) throw conflict(`The run is over: it is ${await this.runs.statusOf(userId, runId)}.`);
    const [step] = stepViews(doubt.entries);
    if (step === undefined) throw notFound('step');
    if (step.status !== StepStatus.InDoubt) throw conflict(`The step is not in doubt: it is ${step.status}.`);
    if (doubt.resolved_attempts.includes(step.attempt))
      throw conflict('The step is resolved already; the run is about to go on.');
    return { rowVersion: doubt.row_version, attempt: step.attempt };
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
