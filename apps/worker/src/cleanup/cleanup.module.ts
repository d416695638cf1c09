import { Module } from '@nestjs/common';
import { CleanupMetrics } from './cleanup.metrics.js';
import { CleanupService } from './cleanup.service.js';
import { ErasureService } from './erasure/erasure.service.js';

/** Removing what has expired and whoever asked to be forgotten. */
@Module({ providers: [CleanupService, CleanupMetrics, ErasureService] })
export class CleanupModule {}
