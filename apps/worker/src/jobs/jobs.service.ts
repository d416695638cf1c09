import { RedisConfig, WorkersConfig } from '@app/config';
import { jobs, type JobType, type WorkerName } from '@app/contracts';
import { Lookout } from '@app/database';
import { JobQueue, type JobConsumer, type JobMessage } from '@app/messaging';
import { GracefulShutdown, ShutdownPhase } from '@app/observability';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobProcessors } from '../job-outcome.js';
import { dueDeliveriesSql, dueJobsSql, hasDeliveriesSql, hasDueJobsSql } from './due-jobs.sql.js';
import { FairSlots } from './fair-slots.js';
import { JobLeasesService } from './job-leases.service.js';
import { JobRelay } from './job-relay.js';
import { JobRunnerService } from './job-runner.service.js';
import { JobSweeperService } from './job-sweeper.service.js';
import { ReplicaService } from './replica.service.js';
import { RunningJobs } from './running-jobs.js';
import { StopReason } from './stop-reason.js';

/** How long a job under way may take to finish when the process ends, and to stop after that, in ms. */
const FINISH_WITHIN_MS = 4_000;
const STOP_WITHIN_MS = 1_500;

const SMALLEST_WINDOW = 1_000;

/** Workers whose attempts wait for servers of their owners', as long as these like. */
const FAIR: ReadonlySet<WorkerName> = new Set(['event']);

interface Worker {
  queue: JobQueue;
  relay: JobRelay;
  consumer: JobConsumer;
}

/** Runs the workers that are switched on, from the first job to the last. */
@Injectable()
export class JobsService {
  private readonly workers: Worker[] = [];
  private isTaking = true;

  constructor(
    private readonly pool: Pool,
    private readonly redis: RedisConfig,
    private readonly sizes: WorkersConfig,
    private readonly replica: ReplicaService,
    private readonly leases: JobLeasesService,
    private readonly sweeper: JobSweeperService,
    private readonly runner: JobRunnerService,
    private readonly running: RunningJobs,
    private readonly lookout: Lookout,
    shutdown: GracefulShutdown,
  ) {
    shutdown.add(ShutdownPhase.StopTaking, 'jobs', () => this.stopTaking());
    shutdown.add(ShutdownPhase.FinishWork, 'jobs', () => this.finishWork());
    shutdown.add(ShutdownPhase.Flush, 'jobs', () => this.close());
  }

  /** Takes the lease and starts working. Redis may come later. */
  async start(processors: JobProcessors): Promise<void> {
    await this.replica.start();
    this.leases.start();
    this.sweeper.start();
    for (const name of workerNames()) {
      if (this.sizes[name].enabled) this.workers.push(await this.startWorker(name, processors));
    }
    this.lookout.start();
  }

  /** Jobs were written: look now. */
  wake(): void {
    for (const { relay } of this.workers) relay.wake();
  }

  /** Somebody cancelled the run of a job: ends the attempt if it is ours. */
  cancel(jobId: string): void {
    this.running.stop({ id: jobId }, StopReason.Cancelled);
  }

  private async startWorker(name: WorkerName, processors: JobProcessors): Promise<Worker> {
    const { concurrency } = this.sizes[name];
    const queue = await JobQueue.open(name, this.redis);
    const window = Math.max(SMALLEST_WINDOW, 4 * concurrency);
    const run = async (message: JobMessage): Promise<void> => {
      if (this.isTaking) await this.runner.run(message, processors);
    };
    const slots = new FairSlots({ slots: concurrency, run, onDrained: () => relay.wake() });
    const isFair = FAIR.has(name);
    const relay = new JobRelay({
      pool: this.pool,
      queue,
      lookout: this.lookout,
      watch: isFair
        ? { name: 'deliveries', sql: hasDeliveriesSql }
        : { name: `${name} jobs`, sql: hasDueJobsSql(typesOf(name)) },
      find: isFair
        ? { name: 'due-deliveries', text: dueDeliveriesSql, values: [] }
        : { name: 'due-jobs', text: dueJobsSql, values: [typesOf(name)] },
      isDrained: () => slots.isDrained(),
      window,
    });
    relay.start();
    const handle = isFair ? (message: JobMessage) => slots.take(message) : run;
    return { queue, relay, consumer: queue.consume(concurrency, handle) };
  }

  private async stopTaking(): Promise<void> {
    this.isTaking = false;
    const each = this.workers.map(({ relay, consumer }) => [relay.stop(), consumer.pause()]);
    await Promise.all([this.lookout.stop(), this.sweeper.stop(), ...each.flat()]);
  }

  /** An attempt that does not end in time is told to; if nothing has happened yet, its job is handed back. */
  private async finishWork(): Promise<void> {
    await Promise.race([this.running.whenIdle(), sleep(FINISH_WITHIN_MS, undefined, { ref: false })]);
    this.running.stopAll(StopReason.Shutdown);
    await Promise.race([this.running.whenIdle(), sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
  }

  private async close(): Promise<void> {
    await this.leases.stop();
    await Promise.all(this.workers.map(({ consumer }) => consumer.close()));
    await Promise.all(this.workers.map(({ queue }) => queue.close()));
    await this.replica.stop();
  }
}

function workerNames(): Set<WorkerName> {
  return new Set(Object.values(jobs).map(({ worker }) => worker));
}

function typesOf(name: WorkerName): JobType[] {
  return (Object.keys(jobs) as JobType[]).filter((type) => jobs[type].worker === name);
}
