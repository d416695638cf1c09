import type { RedisConfig } from '@app/config';
import type { WorkerName } from '@app/contracts';
import { Logger } from '@nestjs/common';
import type { Queue, Worker } from 'bullmq';
import { evictionWarning } from './eviction.js';
import { JobConsumer, type MessageHandler } from './job-consumer.js';
import { messageId, type JobMessage } from './job-message.js';
import { consumerOptions, messageOptions, queueOptions } from './queue-options.js';

/**
 * The queue of one kind of worker. It delivers each message to one consumer, by priority. Messages may be lost or come
 * twice; the job rows in PostgreSQL make up for both.
 */
export class JobQueue {
  private readonly log: Logger;
  /** Known once Redis was there for the first time. */
  private client: { readonly status: string } | undefined;

  private constructor(
    private readonly name: WorkerName,
    private readonly queue: Queue<JobMessage>,
    private readonly makeWorker: (handle: MessageHandler, concurrency: number) => Worker<JobMessage>,
  ) {
    this.log = new Logger(`${JobQueue.name} ${name}`);
    this.queue.on('error', (error) => this.log.debug(error.message));
    void this.whenThere();
  }

  /** Opens a queue and does not wait for Redis. Only here is BullMQ loaded: the other services need not carry it. */
  static async open(name: WorkerName, config: RedisConfig): Promise<JobQueue> {
    const { Queue, Worker } = await import('bullmq');
    return new JobQueue(
      name,
      new Queue<JobMessage>(name, queueOptions(config)),
      (handle, concurrency) =>
        new Worker<JobMessage>(name, ({ data }) => handle(data), consumerOptions(config, concurrency)),
    );
  }

  /**
   * Puts messages into the queue; one that is still there is not added again.
   * @returns false when Redis is away and nothing is certain; the caller comes back later
   */
  async add(messages: readonly JobMessage[]): Promise<boolean> {
    if (!this.isUp()) return false;
    try {
      await this.queue.addBulk(
        messages.map((message) => ({
          name: this.name,
          data: message,
          opts: { ...messageOptions, jobId: messageId(message), priority: message.priority },
        })),
      );
      return true;
    } catch (error) {
      this.log.debug(`Nothing was added: ${String(error)}`);
      return false;
    }
  }

  /** Whether no message waits to be taken. False while that cannot be known. */
  async isEmpty(): Promise<boolean> {
    if (!this.isUp()) return false;
    const counts = await this.queue.getJobCounts('wait', 'prioritized').catch(() => undefined);
    return counts !== undefined && Object.values(counts).every((count) => count === 0);
  }

  /**
   * Starts taking messages, as soon as Redis is there.
   * @param concurrency how many are handled at the same time
   * @param handle handles one; what it throws is logged and the message is gone all the same
   */
  consume(concurrency: number, handle: MessageHandler): JobConsumer {
    return new JobConsumer(this.makeWorker(handle, concurrency), () => this.isUp(), this.log);
  }

  /** Whether Redis is there. */
  isUp(): boolean {
    return this.client?.status === 'ready';
  }

  async close(): Promise<void> {
    await this.queue.close();
  }

  private async whenThere(): Promise<void> {
    try {
      const client = await this.queue.getBackend().client;
      this.client = client;
      const warning = evictionWarning(await client.info());
      if (warning !== undefined) this.log.warn(warning);
    } catch (error) {
      this.log.debug(String(error));
    }
  }
}
