import { BlobStorage, LocalFolder, RunValues } from '@app/blobs';
import { BlobsConfig, CleanupConfig, ErasureConfig } from '@app/config';
import type { BlobReference } from '@app/contracts';
import type { CommandBus } from '@app/messaging';
import { GracefulShutdown, HealthService } from '@app/observability';
import { eventually, testBlobFolder } from '@app/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { BlobSweep } from '../../apps/worker/src/cleanup/blobs/blob-sweep.service.js';
import { CleanupMetrics } from '../../apps/worker/src/cleanup/cleanup.metrics.js';
import { CleanupService } from '../../apps/worker/src/cleanup/cleanup.service.js';
import { ErasureService } from '../../apps/worker/src/cleanup/erasure/erasure.service.js';
import { WorkflowModule } from '../../apps/workflow/src/workflow.module.js';
import { TestGateway, type Answer, type TestUser } from '../gateway/test-gateway.js';

/** What a run's row says about its values. */
export interface RunValuesRow {
  input: unknown;
  output: unknown;
  input_blob: BlobReference | null;
  output_blob: BlobReference | null;
}

/** Gateway and workflow service in this process, on one database and one folder, and the cleanup of a worker. */
export class WholePlatform {
  readonly cleanup: CleanupService;
  readonly storage: BlobStorage;

  private constructor(
    readonly gateway: TestGateway,
    readonly workflow: INestApplicationContext,
  ) {
    const bus = { publish: () => undefined } as unknown as CommandBus<'worker'>;
    const metrics = new CleanupMetrics(new Registry());
    this.storage = new LocalFolder(testBlobFolder());
    const blobs = new BlobSweep(this.storage, new BlobsConfig(), metrics);
    const erasure = new ErasureService(Object.assign(new ErasureConfig(), { graceMs: 0 }), bus, blobs);
    const shutdown = new GracefulShutdown(new HealthService());
    // One row at a time: what is shared and what is not must not depend on how the batches fall.
    const config = Object.assign(new CleanupConfig(), { batchSize: 3 });
    this.cleanup = new CleanupService(gateway.pool, config, erasure, blobs, metrics, bus, shutdown);
  }

  static async start(variables: Readonly<Record<string, string>> = {}): Promise<WholePlatform> {
    const engine = { ENGINE_POLL_MS: '50', ENGINE_HEARTBEAT_MS: '100', HEALTH_PORT: '0' };
    const gateway = await TestGateway.start({ ...engine, ...variables });
    return new WholePlatform(gateway, await NestFactory.createApplicationContext(WorkflowModule, { logger: false }));
  }

  get values(): RunValues {
    return this.workflow.get(RunValues, { strict: false });
  }

  async stop(): Promise<void> {
    await this.workflow.get(GracefulShutdown).run();
    await this.workflow.close();
    await this.gateway.stop();
  }

  async createWorkflow(user: TestUser, definition: object): Promise<string> {
    const { status, body } = await user.call('POST', '/workflows', {
      name: 'w',
      trigger_type: 'manual',
      ...definition,
    });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body.id as string;
  }

  /** The run as its owner sees it, once it has this status. */
  becomes(user: TestUser, runId: string, status: string): Promise<Answer['body']> {
    return eventually(async () => {
      const { body } = await user.call('GET', `/runs/${runId}`);
      return body.status === status ? body : undefined;
    });
  }

  async rowOf(runId: string): Promise<RunValuesRow> {
    const { rows } = await this.gateway.pool.query('SELECT * FROM workflow_runs WHERE id = $1', [runId]);
    return rows[0];
  }

  /** The blobs of a run, and how their rows stand. */
  async blobsOf(runId: string): Promise<{ id: string; status: string }[]> {
    const sql = 'SELECT id, status FROM run_blobs WHERE run_id = $1 ORDER BY id';
    return (await this.gateway.pool.query(sql, [runId])).rows;
  }

  isStored(blobId: string): boolean {
    return existsSync(fileOf(blobId));
  }

  /** One round, and another one: the second looks from the beginning again. */
  async sweep(): Promise<void> {
    await this.cleanup.cleanUp();
    await this.cleanup.cleanUp();
  }
}

export function fileOf(blobId: string): string {
  return join(testBlobFolder(), blobId.slice(-2), blobId);
}
