import { TestRedisServer } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobMessage } from './job-message.js';
import { JobQueue } from './job-queue.js';

const soon = { timeout: 15_000, interval: 20 };

describe('JobQueue', () => {
  let redis: TestRedisServer;
  const closing: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    redis = await TestRedisServer.start();
  });

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    await redis.stop();
  });

  async function open(): Promise<JobQueue> {
    const queue = await JobQueue.open('email', redis.config);
    closing.push(() => queue.close());
    return queue;
  }

  function consume(queue: JobQueue, handle: (message: JobMessage) => Promise<void> | void): void {
    const consumer = queue.consume(1, async (message) => handle(message));
    closing.push(() => consumer.close());
  }

  it('starts without Redis, takes messages once it is there, and again after it was killed and restarted', async () => {
    await redis.kill();
    const queue = await open();
    const taken: string[] = [];
    consume(queue, ({ jobId }) => void taken.push(jobId));
    expect(await queue.add([{ jobId: 'early', epoch: 0, priority: 5, owner: null }])).toBe(false);

    await redis.restart();
    await vi.waitFor(async () => {
      expect(await queue.add([{ jobId: 'first', epoch: 0, priority: 5, owner: null }])).toBe(true);
      expect(taken).toContain('first');
    }, soon);
    await redis.kill();
    expect(await queue.add([{ jobId: 'away', epoch: 0, priority: 5, owner: null }])).toBe(false);
    expect(await queue.isEmpty()).toBe(false);
    await redis.restart();
    await vi.waitFor(async () => {
      expect(await queue.add([{ jobId: 'again', epoch: 0, priority: 5, owner: null }])).toBe(true);
      expect(taken).toContain('again');
    }, soon);
    expect(taken).not.toContain('early');
  });

  it('gives each message to one of two consumers and none to nobody', async () => {
    const taken: string[] = [];
    const queue = await open();
    const other = await open();
    const messages = Array.from({ length: 200 }, (_, i) => ({ jobId: `job${i}`, epoch: 0, priority: 5, owner: null }));
    await vi.waitFor(async () => expect(await queue.add(messages)).toBe(true), soon);
    const perConsumer = [0, 0];
    [queue, other].forEach((each, index) =>
      consume(each, ({ jobId }) => {
        taken.push(jobId);
        perConsumer[index]! += 1;
      }),
    );
    await vi.waitFor(() => expect(taken).toHaveLength(200), soon);
    expect(new Set(taken).size).toBe(200);
    expect(Math.min(...perConsumer)).toBeGreaterThan(0);
  });

  it('serves by priority and holds a message once however often it is added', async () => {
    const taken: string[] = [];
    const queue = await open();
    const messages = [7, 1, 5, 3, 9, 1].map((priority, i) => ({
      jobId: `p${priority}-${i}`,
      epoch: 2,
      priority,
      owner: null,
    }));
    await vi.waitFor(async () => expect(await queue.add(messages)).toBe(true), soon);
    await queue.add(messages);
    await queue.add(messages);
    expect(await queue.isEmpty()).toBe(false);
    consume(queue, ({ jobId }) => void taken.push(jobId));
    await vi.waitFor(() => expect(taken).toHaveLength(6), soon);
    expect(await queue.isEmpty()).toBe(true);
    // Behind everything else: what came twice would have been taken before it.
    await queue.add([{ jobId: 'last', epoch: 2, priority: 10, owner: null }]);
    await vi.waitFor(() => expect(taken).toContain('last'), soon);
    expect(taken).toEqual(['p1-1', 'p1-5', 'p3-3', 'p5-2', 'p7-0', 'p9-4', 'last']);
  });

  it('closes while Redis is away', async () => {
    await redis.kill();
    const queue = await open();
    const consumer = queue.consume(1, async () => undefined);
    await consumer.close();
    await queue.close();
    closing.length = 0;
  });
});
