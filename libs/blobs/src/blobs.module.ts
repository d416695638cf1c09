import { BlobsConfig, ServiceConfig } from '@app/config';
import { Module } from '@nestjs/common';
import { join } from 'node:path';
import { BlobMetrics } from './blob.metrics.js';
import { BlobStorage } from './blob-storage.js';
import { LocalFolder } from './local-folder.js';
import { RunValues } from './run-values.js';

/** Large values, and the storage that the configuration names for them. */
@Module({
  providers: [
    BlobMetrics,
    RunValues,
    { provide: BlobStorage, inject: [BlobsConfig, ServiceConfig], useFactory: chooseStorage },
  ],
  exports: [BlobStorage, RunValues],
})
export class BlobsModule {}

function chooseStorage({ folder }: BlobsConfig, { dataDir }: ServiceConfig): BlobStorage {
  return new LocalFolder(folder ?? join(dataDir, 'blobs'));
}
