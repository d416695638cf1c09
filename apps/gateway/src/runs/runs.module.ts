import { BlobsModule } from '@app/blobs';
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { QuotasModule } from '../quotas/quotas.module.js';
import { BulkRunsController } from './bulk-runs.controller.js';
import { BulkRunsService } from './bulk-runs.service.js';
import { RunHandOver } from './hand-over/run-hand-over.service.js';
import { BulkRetryService } from './retry/bulk-retry.service.js';
import { RetryService } from './retry/retry.service.js';
import { RunAcceptor } from './run-acceptor.service.js';
import { RunControlController } from './run-control.controller.js';
import { RunControlService } from './run-control.service.js';
import { RunSignalsService } from './run-signals.service.js';
import { RunStepsService } from './run-steps.service.js';
import { RunsController } from './runs.controller.js';
import { RunsService } from './runs.service.js';
import { StepResolutionService } from './step-resolution.service.js';
import { StepTestController } from './step-test/step-test.controller.js';
import { StepTestService } from './step-test/step-test.service.js';
import { RunWatchesService } from './watch/run-watches.service.js';

/** Runs: how they are accepted, what became of them, and how their owner steps in. */
@Module({
  imports: [AuditModule, BlobsModule, QuotasModule],
  controllers: [RunsController, BulkRunsController, RunControlController, StepTestController],
  providers: [
    RunAcceptor,
    RunHandOver,
    RunsService,
    RunStepsService,
    RunControlService,
    RunSignalsService,
    BulkRunsService,
    RetryService,
    BulkRetryService,
    StepResolutionService,
    StepTestService,
    RunWatchesService,
  ],
  exports: [RunAcceptor, RunHandOver, RunsService, RunControlService, RunWatchesService],
})
export class RunsModule {}
