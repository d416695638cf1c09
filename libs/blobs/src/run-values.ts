import { BlobsConfig, QuotaConfig } from '@app/config';
import { newId, type BlobReference } from '@app/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Pool } from 'pg';
import { BlobQuotaError, UnreadableValueError } from './blob-errors.js';
import { BlobMetrics } from './blob.metrics.js';
import { BlobStorage } from './blob-storage.js';
import { keptBytesSql, reserveBlobSql } from './run-blobs.sql.js';

/** Whose value it is. */
export interface ValueOwner {
  runId: string;
  userId: string;
}

/** Most bytes of one character of a JavaScript text in UTF-8. */
const MOST_BYTES = 3;

/** SHA-256 of a text in UTF-8, in hex. */
export function sha256Of(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Values of runs that are too large for their rows: written before whatever refers to them (docs/adr/0025-large-values.md). */
@Injectable()
export class RunValues {
  private readonly log = new Logger(RunValues.name);

  constructor(
    private readonly pool: Pool,
    private readonly storage: BlobStorage,
    private readonly config: BlobsConfig,
    private readonly quota: QuotaConfig,
    private readonly metrics: BlobMetrics,
  ) {}

  /** Whether a value belongs into blob storage. @param json its JSON */
  isLarge(json: string): boolean {
    const { inlineBytes } = this.config;
    if (json.length > inlineBytes) return true;
    return json.length * MOST_BYTES > inlineBytes && Buffer.byteLength(json) > inlineBytes;
  }

  /**
   * Keeps a large value. It is durable when this resolves, and swept after a while unless a commit refers to it.
   * @param overQuota what becomes of a value for which the account has no room: `keep` where nobody is left to tell
   * @returns undefined when blob storage cannot be written: then the value stays in its row
   * @throws BlobQuotaError
   */
  async keep(
    owner: ValueOwner,
    json: string,
    overQuota: 'refuse' | 'keep' = 'refuse',
  ): Promise<BlobReference | undefined> {
    const bytes = Buffer.from(json);
    const reference = { id: newId(), bytes: bytes.length, sha256: sha256Of(bytes) };
    try {
      await this.reserve(owner, reference, overQuota === 'keep' ? 0 : this.quota.blobBytes);
      await this.storage.put(reference.id, bytes);
    } catch (error) {
      this.metrics.written(error instanceof BlobQuotaError ? 'refused' : 'in_row');
      if (error instanceof BlobQuotaError) throw error;
      this.log.warn(`A value of run ${owner.runId} stays in its row: blob storage: ${String(error)}`);
      return undefined;
    }
    this.metrics.written('kept');
    return reference;
  }

  /** @throws UnreadableValueError */
  async read(reference: BlobReference): Promise<unknown> {
    try {
      const bytes = await this.storage.get(reference.id);
      if (sha256Of(bytes) !== reference.sha256) throw new Error(`Blob ${reference.id} is not what was written.`);
      return JSON.parse(bytes.toString()) as unknown;
    } catch (error) {
      this.metrics.readFailed();
      this.log.error(`A value cannot be read from blob storage: ${String(error)}`);
      throw new UnreadableValueError(error);
    }
  }

  /**
   * Checks that an account is within its quota, where a value is taken over that only later becomes one of a run.
   * @throws BlobQuotaError
   */
  async assertRoom(userId: string, bytes: number): Promise<void> {
    const { blobBytes } = this.quota;
    if (blobBytes === 0) return;
    const { rows } = await this.pool.query<{ bytes: number }>(keptBytesSql, [userId]);
    if ((rows[0]?.bytes ?? 0) + bytes > blobBytes) throw new BlobQuotaError(blobBytes);
  }

  private async reserve({ runId, userId }: ValueOwner, { id, bytes }: BlobReference, quota: number): Promise<void> {
    const { rowCount } = await this.pool.query(reserveBlobSql, [id, runId, userId, bytes, quota]);
    if (rowCount === 0) throw new BlobQuotaError(quota);
  }
}
