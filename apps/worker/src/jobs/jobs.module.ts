import { Lookout } from '@app/database';
import { Logger, Module } from '@nestjs/common';
import { Pool } from 'pg';
import { JobLeasesService } from './job-leases.service.js';
import { JobMetrics } from './job.metrics.js';
import { JobRunnerService } from './job-runner.service.js';
import { JobStoreService } from './job-store.service.js';
import { JobSweeperService } from './job-sweeper.service.js';
import { JobsService } from './jobs.service.js';
import { ReplicaService } from './replica.service.js';
import { RunningJobs } from './running-jobs.js';

/** What every worker needs: claiming, leases, retries, recovery. */
@Module({
  providers: [
    {
      provide: Lookout,
      inject: [Pool],
      useFactory: (pool: Pool) => new Lookout({ pool, log: new Logger(Lookout.name) }),
    },
    RunningJobs,
    ReplicaService,
    JobStoreService,
    JobLeasesService,
    JobSweeperService,
    JobMetrics,
    JobRunnerService,
    JobsService,
  ],
  exports: [JobsService],
})
export class JobsModule {}
