import { BlobsModule } from '@app/blobs';
import { Module } from '@nestjs/common';
import { RunsModule } from '../runs/runs.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { HookEndpointsService } from './hook-endpoints.service.js';
import { HooksController } from './hooks.controller.js';
import { HooksService } from './hooks.service.js';
import { KnownHooks } from './known-hooks.js';

/** Webhooks: their addresses and what arrives there. */
@Module({
  imports: [BlobsModule, RunsModule, SecretsModule],
  controllers: [HooksController],
  providers: [HooksService, HookEndpointsService, KnownHooks],
  exports: [HookEndpointsService],
})
export class HooksModule {}
