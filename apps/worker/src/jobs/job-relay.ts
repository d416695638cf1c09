import type { JobMessage, JobQueue } from '@app/messaging';
import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Lookout, Watch } from '@app/database';
import { Periodic } from '@app/observability';

export interface JobRelayOptions {
  pool: Pool;
  queue: JobQueue;
  lookout: Lookout;
  /** Whether there may be any, for the lookout. */
  watch: Pick<Watch, 'name' | 'sql'>;
  /** How its jobs are found: `dueJobsSql` or the like, with what it takes after its first three parameters. */
  find: { name: string; text: string; values: readonly unknown[] };
  /** Whether what the worker has taken is being done, and nothing of it waits in memory. */
  isDrained: () => boolean;
  /** How many jobs may be in Redis at the same time. */
  window: number;
}

const EVERY_MS = 1_000;
const GAP_MS = 20;
const BATCH = 200;
/** A message still waits for so long: it may be lost, or the queue is long. */
const RESEND_AFTER_MS = 5_000;
/** The same when nothing waits in the queue: it is lost, unless a worker is taking it at this moment. */
const RESEND_FROM_EMPTY_AFTER_MS = 500;

/** Moves the due jobs of one worker from their rows to its queue, and again those that Redis has lost. */
export class JobRelay {
  private readonly log = new Logger(JobRelay.name);
  private readonly periodic = new Periodic({
    name: 'Moving jobs to the queue',
    everyMs: EVERY_MS,
    gapMs: GAP_MS,
    task: () => this.relay(),
    unasked: () => false,
    log: this.log,
  });

  constructor(private readonly options: JobRelayOptions) {
    const { lookout, watch } = options;
    lookout.watch({ ...watch, everyMs: EVERY_MS, seen: (areAny) => areAny === true && this.wake() });
  }

  start(): void {
    this.periodic.start();
  }

  /** Jobs were written: look now. */
  wake(): void {
    this.periodic.wake();
  }

  async stop(): Promise<void> {
    await this.periodic.stop();
  }

  private async relay(): Promise<void> {
    const { pool, queue, window, find, isDrained } = this.options;
    const resendAfterMs = isDrained() && (await queue.isEmpty()) ? RESEND_FROM_EMPTY_AFTER_MS : RESEND_AFTER_MS;
    let moved = BATCH;
    while (moved === BATCH && queue.isUp()) {
      const { rows } = await pool.query<JobMessage>({
        ...find,
        values: [window, BATCH, resendAfterMs, ...find.values],
      });
      // What Redis did not take is sent again like everything else that it lost.
      if (rows.length > 0) await queue.add(rows);
      moved = rows.length;
    }
  }
}
