import { WorkersConfig, type WorkerConfig } from '@app/config';
import { JobStatus, jobs } from '@app/contracts';
import { CommandBus, type JobMessage } from '@app/messaging';
import { runInContext } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { backOffMs } from '../back-off.js';
import type { JobProcessors } from '../job-outcome.js';
import { JobMetrics } from './job.metrics.js';
import type { ClaimedJob } from './job.js';
import { JobStoreService } from './job-store.service.js';
import { nextState, type NextState } from './next-state.js';
import { processJob } from './process-job.js';
import { ReplicaService } from './replica.service.js';
import { RunningJobs } from './running-jobs.js';
import { StopReason } from './stop-reason.js';

/** Takes a message through the life of one attempt: claim, do, finish. The row decides at both ends. */
@Injectable()
export class JobRunnerService {
  private readonly log = new Logger(JobRunnerService.name);

  constructor(
    private readonly store: JobStoreService,
    private readonly replica: ReplicaService,
    private readonly running: RunningJobs,
    private readonly workers: WorkersConfig,
    private readonly bus: CommandBus<'worker'>,
    private readonly metrics: JobMetrics,
  ) {}

  /** Does the attempt a message names. A message that is late, double or made up ends here without a trace. */
  async run({ jobId, epoch }: JobMessage, processors: JobProcessors): Promise<void> {
    const owner = this.replica.id();
    if (owner === undefined) return;
    const job = await this.store.claim(jobId, epoch, owner);
    if (job === undefined) return;
    if (job.status !== JobStatus.Running) return this.wakeRun(job);
    const context = { jobId, ...(job.runId && { runId: job.runId }), ...(job.userId && { userId: job.userId }) };
    await runInContext(context, () => this.attempt(job, processors));
  }

  private async attempt(job: ClaimedJob, processors: JobProcessors): Promise<void> {
    const { effect, worker } = jobs[job.type];
    const sizes = this.workers[worker];
    const startedAt = performance.now();
    const signal = this.running.add(job);
    const timer = setTimeout(() => this.running.stop(job, StopReason.Timeout), sizes.timeoutMs);
    try {
      const outcome = await processJob(job, processors, signal);
      const { retries } = job;
      const maxRetries = job.maxRetries ?? sizes.maxRetries;
      const stopped = signal.aborted ? (signal.reason as StopReason) : undefined;
      await this.finish(job, nextState({ outcome, stopped, effect, retries, maxRetries }), sizes, startedAt);
    } finally {
      clearTimeout(timer);
      this.running.remove(job);
    }
  }

  private async finish(job: ClaimedJob, next: NextState, sizes: WorkerConfig, startedAt: number): Promise<void> {
    const delayMs = next.isRetry ? backOffMs(sizes.retryDelayMs, job.retries, Math.random()) : (next.delayMs ?? 0);
    if (!(await this.store.finish(job, next, delayMs))) {
      this.log.warn(`Job ${job.id} was taken away before its attempt ended (${next.status}).`);
      return;
    }
    this.metrics.ended(job.type, next.status, performance.now() - startedAt);
    const reason = next.result?.error?.message;
    if (reason !== undefined) this.log.warn(`Job ${job.id} (${job.type}) is ${next.status}: ${reason}`);
    if (next.status !== JobStatus.Queued) this.wakeRun(job);
  }

  /** The workflow service finds finished jobs by itself; this only saves it the wait. */
  private wakeRun({ runId }: ClaimedJob): void {
    if (runId !== null) this.bus.publish('runs.waiting', { count: 1 });
  }
}
