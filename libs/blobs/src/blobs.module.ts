import { BlobsConfig, S3Config, ServiceConfig } from '@app/config';
import { Module } from '@nestjs/common';
import { join } from 'node:path';
import { BlobHealth } from './blob-health.js';
import { BlobMetrics } from './blob.metrics.js';
import { BlobStorage } from './blob-storage.js';
import { LocalFolder } from './local-folder.js';
import { RunValues } from './run-values.js';

/** Large values, and the storage that the configuration names for them. */
@Module({
  providers: [
    BlobHealth,
    BlobMetrics,
    RunValues,
    { provide: BlobStorage, inject: [BlobsConfig, S3Config, ServiceConfig], useFactory: chooseStorage },
  ],
  exports: [BlobStorage, RunValues],
})
export class BlobsModule {}

async function chooseStorage({ folder }: BlobsConfig, s3: S3Config, { dataDir }: ServiceConfig): Promise<BlobStorage> {
  const { bucket } = s3;
  if (bucket === undefined) return new LocalFolder(folder ?? join(dataDir, 'blobs'));
  // Most platforms have no bucket: they do without the SDK, its memory and the time that it takes to load.
  const { S3Storage } = await import('./s3/s3-storage.js');
  return new S3Storage({ ...s3, bucket });
}
