import type { Logger } from '@nestjs/common';
import type { Worker } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobMessage } from './job-message.js';

export type MessageHandler = (message: JobMessage) => Promise<void>;

/** BullMQ ends in order when Redis answers, and waits for ever when it does not. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Takes messages from a queue until it is closed. */
export class JobConsumer {
  constructor(
    private readonly worker: Worker<JobMessage>,
    private readonly isUp: () => boolean,
    private readonly log: Logger,
  ) {
    worker.on('error', (error) => this.log.debug(error.message));
    worker.on('failed', (job, error) => this.log.error(`Message ${job?.id ?? 'unknown'} failed: ${error.message}`));
    worker.run().catch((error: unknown) => this.log.error(`The consumer ended: ${String(error)}`));
  }

  /** Takes no further messages; those under way go on. A message that was just being taken may still come. */
  async pause(): Promise<void> {
    await this.worker.pause(true);
  }

  /** Ends the consumer; call it when the handlers are done. A message that is cut off here is delivered again. */
  async close(): Promise<void> {
    await Promise.race([this.worker.close(!this.isUp()), sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  }
}
