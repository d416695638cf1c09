import { conflict, newId, type SignalRunDto } from '@app/contracts';
import { CommandBus } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { signalRunSql } from './run-control.sql.js';
import { RunsService } from './runs.service.js';

/** Signals that may wait in a run's inbox for a step to take them. */
const MAX_WAITING = 1_000;
/** And so many bytes: whoever claims the run reads all of them, and the inboxes of others with them. */
const MAX_WAITING_BYTES = 8 * 1_048_576;

/** Signals to runs: approvals and callbacks, put where the workflow service reads them. */
@Injectable()
export class RunSignalsService {
  constructor(
    private readonly pool: Pool,
    private readonly bus: CommandBus<'gateway'>,
    private readonly runs: RunsService,
  ) {}

  /** @throws AppError NOT_FOUND, CONFLICT when the run is over or too many signals wait */
  async send(userId: string, runId: string, name: string, { payload }: SignalRunDto): Promise<void> {
    const signal = JSON.stringify({ name, payload: payload ?? null });
    const values = [runId, userId, newId(), signal, MAX_WAITING, MAX_WAITING_BYTES];
    const { rows } = await this.pool.query<{ is_sent: boolean }>(signalRunSql, values);
    const [claim] = rows;
    if (claim === undefined) throw conflict(`The run is over: it is ${await this.runs.statusOf(userId, runId)}.`);
    if (!claim.is_sent) {
      const most = `${MAX_WAITING} signals, or ${MAX_WAITING_BYTES / 1_048_576} MiB of them,`;
      throw conflict(`${most} wait in the run already: no step has taken them. Nothing was changed.`);
    }
    this.bus.publish('runs.waiting', { count: 1 });
  }
}
