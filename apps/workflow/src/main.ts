import 'reflect-metadata';
import { ServiceName } from '@app/contracts';
import { CommandReceiver } from '@app/messaging';
import { runProcess } from '@app/observability';
import { ProviderPauses } from '@app/providers';
import { NestFactory } from '@nestjs/core';
import type { AsyncMicroserviceOptions } from '@nestjs/microservices';
import { EventDispatcher } from './events/event-dispatcher.service.js';
import { commandHandlers } from './handlers.js';
import { JobDeliveryService } from './recovery/job-delivery.service.js';
import { ActiveRuns } from './runs/active-runs.service.js';
import { HandedRuns } from './runs/handed-runs.service.js';
import { RunClaimer } from './runs/run-claimer.service.js';
import { SchedulesService } from './schedules/schedules.service.js';
import { WorkflowModule } from './workflow.module.js';

await runProcess(
  (options) =>
    NestFactory.createMicroservice<AsyncMicroserviceOptions>(
      WorkflowModule,
      Object.assign({}, options, {
        inject: [
          CommandReceiver,
          RunClaimer,
          JobDeliveryService,
          ActiveRuns,
          SchedulesService,
          EventDispatcher,
          ProviderPauses,
          HandedRuns,
        ],
        useFactory: (
          receiver: CommandReceiver,
          claimer: RunClaimer,
          delivery: JobDeliveryService,
          active: ActiveRuns,
          schedules: SchedulesService,
          events: EventDispatcher,
          pauses: ProviderPauses,
          handed: HandedRuns,
        ) => ({
          strategy: receiver.serve(
            ServiceName.Workflow,
            commandHandlers(claimer, delivery, active, schedules, events, pauses, handed),
          ),
        }),
      }),
    ),
  (app) => app.listen(),
);
