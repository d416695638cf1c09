import { BlobStorage } from '@app/blobs';
import { BlobsConfig } from '@app/config';
import { Injectable, Logger } from '@nestjs/common';
import { inBatches, type CleanupRound } from '../cleanup-round.js';
import { CleanupMetrics } from '../cleanup.metrics.js';
import {
  doomAbandonedSql,
  doomBlobsOfSql,
  doomedSql,
  doomUnusedSql,
  forgetSql,
  hasBlobsSql,
} from './blob-sweep.sql.js';

/** Statements of one round that look for runs that are gone: the rest is looked at in the next rounds. */
const MOST_LOOKS = 20;
/** Blobs that are removed at a time. */
const AT_ONCE = 16;
/** Before the first row there is. */
const START = '00000000-0000-0000-0000-000000000000';

interface DoomedBlob {
  id: string;
  run_id: string;
  is_shared: boolean;
}

/**
 * Removes large values that no run refers to (docs/adr/0025-large-values.md). First the row says that a blob is given up,
 * and that is committed; then the blob goes, then the row. Whatever ends in between, the next round goes on from there.
 */
@Injectable()
export class BlobSweep {
  private readonly log = new Logger(BlobSweep.name);
  /** Where looking for runs that are gone goes on. */
  private last = { run_id: START, id: START };

  constructor(
    private readonly storage: BlobStorage,
    private readonly config: BlobsConfig,
    private readonly metrics: CleanupMetrics,
  ) {}

  async sweep(round: CleanupRound): Promise<void> {
    await inBatches(round, doomAbandonedSql, [this.config.graceMs]);
    await this.doomUnused(round);
    await this.removeDoomed(round);
  }

  /**
   * Removes everything that accounts keep. Call it when none of their runs is left.
   * @returns false when the storage could not remove all of it: then do it again later
   */
  async removeAllOf(round: CleanupRound, accounts: readonly string[]): Promise<boolean> {
    await inBatches(round, doomBlobsOfSql, [accounts]);
    await this.removeDoomed(round);
    const { rows } = await round.client.query<{ exists: boolean }>(hasBlobsSql, [accounts]);
    return rows[0]?.exists === false;
  }

  private async doomUnused({ client, batchSize, signal }: CleanupRound): Promise<void> {
    for (let looks = 0; looks < MOST_LOOKS && !signal.aborted; looks += 1) {
      const values = [this.last.run_id, this.last.id, batchSize];
      const { rows } = await client.query<{ run_id: string; id: string; looked: number }>(doomUnusedSql, values);
      const [last] = rows;
      this.last = last ?? { run_id: START, id: START };
      if ((last?.looked ?? 0) === batchSize) continue;
      this.last = { run_id: START, id: START };
      return;
    }
  }

  private async removeDoomed({ client, batchSize, signal }: CleanupRound): Promise<void> {
    while (!signal.aborted) {
      const { rows } = await client.query<DoomedBlob>(doomedSql, [batchSize]);
      const removed: DoomedBlob[] = [];
      for (let first = 0; first < rows.length; first += AT_ONCE) {
        const part = rows.slice(first, first + AT_ONCE);
        const isRemoved = await Promise.all(part.map((blob) => this.remove(blob)));
        removed.push(...part.filter((_, i) => isRemoved[i]));
      }
      await client.query(forgetSql, [removed.map(({ id }) => id), removed.map(({ run_id }) => run_id)]);
      this.metrics.blobsRemoved(removed.length);
      if (removed.length < batchSize) return;
    }
  }

  private async remove({ id, is_shared }: DoomedBlob): Promise<boolean> {
    if (is_shared) return true;
    try {
      await this.storage.delete(id);
      return true;
    } catch (error) {
      this.log.warn(`Blob ${id} cannot be removed, and is tried again: ${String(error)}`);
      return false;
    }
  }
}
