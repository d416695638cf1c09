import 'reflect-metadata';
import { ServiceName } from '@app/contracts';
import { CommandReceiver } from '@app/messaging';
import { runProcess } from '@app/observability';
import { NestFactory } from '@nestjs/core';
import type { AsyncMicroserviceOptions } from '@nestjs/microservices';
import { commandHandlers } from './handlers.js';
import { JobsService } from './jobs/jobs.service.js';
import { WorkerModule } from './worker.module.js';

await runProcess(
  (options) =>
    NestFactory.createMicroservice<AsyncMicroserviceOptions>(
      WorkerModule,
      Object.assign({}, options, {
        inject: [CommandReceiver, JobsService],
        useFactory: (receiver: CommandReceiver, jobs: JobsService) => ({
          strategy: receiver.serve(ServiceName.Worker, commandHandlers(jobs)),
        }),
      }),
    ),
  (app) => app.listen(),
);
