import { CleanupConfig } from '@app/config';
import { cancelRunsOfUsersSql } from '@app/database';
import { CommandBus } from '@app/messaging';
import { GracefulShutdown, Periodic, ShutdownPhase } from '@app/observability';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Pool } from 'pg';
import { BlobSweep } from './blobs/blob-sweep.service.js';
import { CleanupMetrics } from './cleanup.metrics.js';
import { inBatches, type CleanupRound } from './cleanup-round.js';
import { ErasureService } from './erasure/erasure.service.js';
import { expiredRows, type ExpiringTable } from './expired-rows.sql.js';
import { deactivatedWithRunsSql } from './stopped-accounts.sql.js';

/** Made up once; advisory locks of other purposes have other numbers. */
const LOCK = `x'5e1f9c37'::bigint`;

/**
 * Removes what nobody needs any more, on a schedule. An advisory lock of the session lets one process at a time do it;
 * nothing here depends on it, it only spares the others the work.
 */
@Injectable()
export class CleanupService implements OnApplicationBootstrap {
  private readonly log = new Logger(CleanupService.name);
  private readonly ending = new AbortController();
  private readonly periodic: Periodic;

  constructor(
    private readonly pool: Pool,
    private readonly config: CleanupConfig,
    private readonly erasure: ErasureService,
    private readonly blobs: BlobSweep,
    private readonly metrics: CleanupMetrics,
    private readonly bus: CommandBus<'worker'>,
    shutdown: GracefulShutdown,
  ) {
    const everyMs = config.intervalMs;
    this.periodic = new Periodic({
      name: 'Cleaning up',
      everyMs,
      gapMs: everyMs,
      task: async () => void (await this.cleanUp()),
      log: this.log,
    });
    shutdown.add(ShutdownPhase.StopTaking, 'cleanup', () => this.stop());
  }

  onApplicationBootstrap(): void {
    if (this.config.enabled) this.periodic.start();
  }

  /**
   * Does one round.
   * @returns false when another process is at it
   */
  async cleanUp(): Promise<boolean> {
    const client = await this.pool.connect();
    let isBroken = true;
    try {
      const { rows } = await client.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS locked`);
      const locked = rows[0]?.locked === true;
      if (locked) {
        await this.round({ client, batchSize: this.config.batchSize, signal: this.ending.signal });
        await client.query(`SELECT pg_advisory_unlock(${LOCK})`);
      }
      isBroken = false;
      return locked;
    } finally {
      // A connection that may still hold the lock is closed, which gives the lock back.
      client.release(isBroken);
    }
  }

  private async round(round: CleanupRound): Promise<void> {
    for (const table of Object.keys(expiredRows) as ExpiringTable[]) {
      this.metrics.removed(table, await inBatches(round, expiredRows[table], []));
    }
    await this.cancelForgottenRuns(round);
    const erased = await this.erasure.eraseDue(round);
    for (const id of erased) {
      this.metrics.accountErased();
      this.log.log(`Account ${id} is erased.`);
    }
    await this.blobs.sweep(round);
    if (!round.signal.aborted) this.metrics.roundFinished();
  }

  private async cancelForgottenRuns(round: CleanupRound): Promise<void> {
    const { rows } = await round.client.query<{ id: string }>(deactivatedWithRunsSql, [round.batchSize]);
    if (rows.length === 0) return;
    const runs = await inBatches(round, cancelRunsOfUsersSql, [rows.map(({ id }) => id)]);
    this.metrics.runsCancelled(runs);
    this.bus.publish('runs.waiting', { count: runs });
  }

  private async stop(): Promise<void> {
    this.ending.abort();
    await this.periodic.stop();
  }
}
