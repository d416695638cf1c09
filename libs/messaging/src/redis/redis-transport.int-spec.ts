import type { CommandPayload, ServiceName } from '@app/contracts';
import { GracefulShutdown, HealthService } from '@app/observability';
import { TestRedisServer } from '@app/testing';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CommandBus } from '../commands/command-bus.js';
import { CommandReceiver } from '../commands/command-receiver.js';
import { DEAD_LETTER_LIST, DeadLetters, type DeadLetter } from '../commands/dead-letters.js';
import { CommandMetrics } from '../commands/command.metrics.js';
import { RedisTransportClient } from './redis-transport.client.js';
import { RedisTransportServer } from './redis-transport.server.js';

const soon = { timeout: 10_000, interval: 20 };
const jobId = '0198c0de-0000-7000-8000-000000000001';
const probeId = '0198c0de-0000-7000-8000-0000000000aa';

describe('Redis transport', () => {
  let redis: TestRedisServer;
  const closing: (() => Promise<void> | void)[] = [];

  beforeEach(async () => {
    redis = await TestRedisServer.start();
  });

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    await redis.stop();
  });

  function sender() {
    const client = new RedisTransportClient(redis.config);
    client.onModuleInit();
    closing.push(() => client.close());
    const { deadLetters, metrics } = bin('gateway', client);
    const shutdown = new GracefulShutdown(new HealthService());
    return { client, bus: new CommandBus<'gateway'>(client, deadLetters, metrics, shutdown) };
  }

  function bin(service: ServiceName, client: RedisTransportClient) {
    const metrics = new CommandMetrics(new Registry());
    return { metrics, deadLetters: new DeadLetters(service, client, metrics) };
  }

  async function receiver() {
    const inbox = { cancelled: [] as string[], hints: [] as number[], probes: 0 };
    const server = new RedisTransportServer(redis.config);
    const { client } = sender();
    const { deadLetters, metrics } = bin('worker', client);
    const strategy = new CommandReceiver(server, deadLetters, metrics).serve('worker', {
      'jobs.waiting': ({ count }: CommandPayload<'jobs.waiting'>) => void inbox.hints.push(count),
      'job.cancel': ({ job_id }: CommandPayload<'job.cancel'>) => {
        if (job_id === probeId) inbox.probes += 1;
        else inbox.cancelled.push(job_id);
      },
    });
    await strategy.listen(() => undefined);
    closing.push(() => server.close());
    return inbox;
  }

  /** The subscription may be later than the connection: sends until the first message arrives. */
  async function arrival(inbox: { probes: number }, bus: CommandBus<'gateway'>) {
    const before = inbox.probes;
    await vi.waitFor(() => {
      bus.publish('job.cancel', { job_id: probeId });
      expect(inbox.probes).toBeGreaterThan(before);
    }, soon);
  }

  it('starts without Redis, delivers once it is there, and again after it was killed and restarted', async () => {
    await redis.kill();
    const inbox = await receiver();
    const { client, bus } = sender();
    bus.publish('job.cancel', { job_id: jobId });

    await redis.restart();
    await arrival(inbox, bus);
    await redis.kill();
    await vi.waitFor(() => expect(client.isUp()).toBe(false), soon);
    await redis.restart();
    await arrival(inbox, bus);
  });

  it('keeps nothing for later while Redis is away', async () => {
    const inbox = await receiver();
    const { client, bus } = sender();
    await arrival(inbox, bus);
    await redis.kill();
    await vi.waitFor(() => expect(client.isUp()).toBe(false), soon);
    for (let i = 0; i < 1_000; i++) bus.publish('job.cancel', { job_id: jobId });
    await redis.restart();
    await arrival(inbox, bus);
    expect(inbox.cancelled).toEqual([]);
  });

  it('gives each of two replicas every command, and a hint of a thousand as few messages', async () => {
    const one = await receiver();
    const two = await receiver();
    const { bus } = sender();
    await arrival(one, bus);
    await arrival(two, bus);
    for (let i = 0; i < 20; i++) bus.publish('job.cancel', { job_id: jobId });
    for (let i = 0; i < 1_000; i++) bus.publish('jobs.waiting', { count: 1 });
    for (const inbox of [one, two]) {
      await vi.waitFor(() => expect(inbox.cancelled).toHaveLength(20), soon);
      await vi.waitFor(() => expect(inbox.hints.reduce((sum, count) => sum + count, 0)).toBe(1_000), soon);
      expect(inbox.hints.length).toBeLessThan(50);
    }
  });

  it('keeps a message that does not validate, survives it, and takes one with fields it does not know', async () => {
    const inbox = await receiver();
    const { bus } = sender();
    await arrival(inbox, bus);
    const raw = new Redis(redis.url);
    closing.push(() => raw.disconnect());
    const packet = (data: unknown, more = {}) => JSON.stringify({ pattern: 'job.cancel', data, ...more });
    await raw.publish('job.cancel', 'not json {');
    await raw.publish('job.cancel', packet({ job_id: 'not an id' }));
    await raw.publish('job.cancel', packet(null));
    await raw.publish('job.cancel', packet({ job_id: jobId, later_field: 1 }, { id: 'wants a reply' }));
    await vi.waitFor(() => expect(inbox.cancelled).toEqual([jobId]), soon);
    await vi.waitFor(async () => expect(await raw.llen(DEAD_LETTER_LIST)).toBe(3), soon);
    const letters = (await raw.lrange(DEAD_LETTER_LIST, 0, -1)).map((text) => JSON.parse(text) as DeadLetter);
    expect(letters[1]).toMatchObject({ command: 'job.cancel', service: 'worker', side: 'receiver' });
    expect(letters[1]!.mistakes).toEqual(['job_id must be a UUID']);
  });

  it('does not send what does not validate', async () => {
    const inbox = await receiver();
    const { bus } = sender();
    await arrival(inbox, bus);
    bus.publish('job.cancel', { job_id: '' });
    const raw = new Redis(redis.url);
    closing.push(() => raw.disconnect());
    await vi.waitFor(async () => expect(await raw.llen(DEAD_LETTER_LIST)).toBe(1), soon);
    expect(inbox.cancelled).toEqual([]);
  });
});
