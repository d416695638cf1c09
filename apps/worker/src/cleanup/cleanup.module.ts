import { BlobsModule } from '@app/blobs';
import { Module } from '@nestjs/common';
import { BlobSweep } from './blobs/blob-sweep.service.js';
import { CleanupMetrics } from './cleanup.metrics.js';
import { CleanupService } from './cleanup.service.js';
import { ErasureService } from './erasure/erasure.service.js';

/** Removing what has expired and whoever asked to be forgotten. */
@Module({ imports: [BlobsModule], providers: [CleanupService, CleanupMetrics, ErasureService, BlobSweep] })
export class CleanupModule {}
