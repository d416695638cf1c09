import { WorkersConfig } from '@app/config';
import { JobStatus, jobs, waitingJobs, type JobType } from '@app/contracts';
import { declareDeadSql, hasSilentReplicasSql, Lookout } from '@app/database';
import { CommandBus } from '@app/messaging';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { Periodic } from '@app/observability';
import { hasExpiredJobsSql, sweepJobsSql } from './sweep-jobs.sql.js';
import { hasUnwantedTasksSql, sweepTasksSql } from './sweep-tasks.sql.js';

const EVERY_MS = 1_000;
const BATCH = 200;

interface SweptJob {
  id: string;
  type: string;
  status: JobStatus;
  runId: string | null;
}

/** Ends the attempts of workers that died in the middle of them. Every worker does it for all. */
@Injectable()
export class JobSweeperService {
  private readonly log = new Logger(JobSweeperService.name);
  private readonly periodic = new Periodic({
    name: 'Looking after dead workers',
    everyMs: EVERY_MS,
    gapMs: EVERY_MS,
    task: () => this.sweep(),
    unasked: () => false,
    log: this.log,
  });

  constructor(
    private readonly pool: Pool,
    private readonly workers: WorkersConfig,
    private readonly bus: CommandBus<'worker'>,
    lookout: Lookout,
  ) {
    lookout.watch({
      name: 'abandoned',
      sql: `${hasSilentReplicasSql} OR ${hasExpiredJobsSql} OR ${hasUnwantedTasksSql}`,
      everyMs: EVERY_MS,
      seen: (areAny) => areAny === true && this.periodic.wake(),
    });
  }

  start(): void {
    this.periodic.start();
  }

  async stop(): Promise<void> {
    await this.periodic.stop();
  }

  /** Looks once. */
  async sweep(): Promise<void> {
    await this.pool.query(declareDeadSql);
    const types = Object.keys(jobs) as JobType[];
    const { rows } = await this.pool.query<SweptJob>({
      name: 'sweep-jobs',
      text: sweepJobsSql,
      values: [
        types,
        types.map((type) => jobs[type].effect === 'unsafe'),
        types.map((type) => this.workers[jobs[type].worker].maxRetries),
        BATCH,
      ],
    });
    const tasks = await this.pool.query<SweptJob>({
      name: 'sweep-tasks',
      text: sweepTasksSql,
      values: [Object.keys(waitingJobs), BATCH],
    });
    const swept = [...rows, ...tasks.rows];
    for (const { id, type, status } of swept) this.log.warn(`Job ${id} (${type}) lost its worker and is ${status}.`);
    const finished = swept.filter(({ runId, status }) => runId !== null && status !== JobStatus.Queued).length;
    if (finished > 0) this.bus.publish('runs.waiting', { count: finished });
  }
}
