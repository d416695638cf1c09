import { conflict } from '@app/contracts';
import { cancelRunsOfUsersSql } from '@app/database';
import { CommandBus } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { cancelRunSql, cancelRunsOfWorkflowSql } from './run-control.sql.js';
import { RunsService } from './runs.service.js';

/** Runs of an account that one statement cancels. */
const BATCH = 500;

/** A run whose cancellation was asked for now. */
export interface CancelledClaim {
  run_id: string;
  is_held: boolean;
}

/**
 * Cancellations. The workflow service is the only writer of unfinished runs, so they are requests: a mark on the claim
 * that the run's owner reads, and a message so that it reads it now.
 */
@Injectable()
export class RunControlService {
  constructor(
    private readonly pool: Pool,
    private readonly bus: CommandBus<'gateway'>,
    private readonly runs: RunsService,
  ) {}

  /** @throws AppError NOT_FOUND, CONFLICT when the run is over */
  async cancel(userId: string, runId: string): Promise<void> {
    const { rows } = await this.pool.query<{ is_held: boolean }>(cancelRunSql, [runId, userId]);
    const [claim] = rows;
    if (claim === undefined) throw conflict(`The run is over: it is ${await this.runs.statusOf(userId, runId)}.`);
    this.announce(runId, claim.is_held);
  }

  /** Cancels what is unfinished of a workflow. A run that is being accepted at this very moment may escape. */
  async cancelAllOf(userId: string, workflowId: string): Promise<void> {
    const values = [workflowId, userId];
    const { rows } = await this.pool.query<CancelledClaim>(cancelRunsOfWorkflowSql, values);
    this.announceAll(rows);
  }

  /**
   * Cancels what is unfinished of accounts that may not act any more. To be called once that is committed, so that
   * nothing new is accepted; what was being accepted at that very moment is left to the worker's cleanup.
   */
  async cancelAllOfUsers(userIds: readonly string[]): Promise<void> {
    for (;;) {
      const { rows } = await this.pool.query<CancelledClaim>(cancelRunsOfUsersSql, [userIds, BATCH]);
      this.announceAll(rows);
      if (rows.length < BATCH) return;
    }
  }

  /** Has runs looked at now whose cancellation is asked for. */
  announceAll(claims: readonly CancelledClaim[]): void {
    for (const { run_id, is_held } of claims) this.announce(run_id, is_held);
  }

  /** A run that no replica holds has nothing to stop: it only has to be looked at. */
  private announce(runId: string, isHeld: boolean): void {
    if (isHeld) this.bus.publish('run.cancel', { run_id: runId });
    else this.bus.publish('runs.waiting', { count: 1 });
  }
}
