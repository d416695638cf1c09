import { loadConfig, RedisConfig } from '@app/config';
import { ServiceName } from '@app/contracts';
import { CommandBus, MessagingModule, RedisHealth } from '@app/messaging';
import { GracefulShutdown, HealthService } from '@app/observability';
import { eventually, spawnService, TestMailServer, testDatabase, testRedis } from '@app/testing';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { JobTable } from './job-table.js';

it('job.cancel over Redis reaches every replica; whoever works at the job stops at once', async () => {
  const database = await testDatabase();
  const redis = await testRedis();
  const mails = await TestMailServer.start({ onRcptTo: () => undefined });
  const table = new JobTable(database.url);
  const env = { DATABASE_URL: database.url, REDIS_URL: redis.url, SMTP_URL: mails.url, WORKER_COUNT: '1' };
  const workers = await Promise.all([spawnService('worker', { env }), spawnService('worker', { env })]);

  @Global()
  @Module({
    providers: [
      { provide: RedisConfig, useValue: loadConfig(RedisConfig, { REDIS_URL: redis.url }) },
      { provide: Registry, useValue: new Registry() },
      HealthService,
      GracefulShutdown,
    ],
    exports: [RedisConfig, Registry, HealthService, GracefulShutdown],
  })
  class Surroundings {}
  const module = await Test.createTestingModule({
    imports: [Surroundings, MessagingModule.forService(ServiceName.Workflow)],
  }).compile();
  const app = await module.init();
  await eventually(() => app.get(RedisHealth).isUp());

  const ids = await table.addMails(2);
  for (const id of ids) await table.becomes(id, 5_000, 'running');
  const bus: CommandBus<'workflow'> = app.get(CommandBus);
  for (const id of [...ids, ...ids]) bus.publish('job.cancel', { job_id: id });
  for (const id of ids) expect((await table.becomes(id, 900, 'cancelled')).retries).toBe(0);

  await app.close();
  await Promise.all(workers.map((worker) => worker.kill()));
  await table.close();
  await mails.stop();
  await database.drop();
});
