import 'reflect-metadata';
import { ConfigModule, DatabaseConfig, ProcessName, ServiceConfig } from '@app/config';
import { CommandBus } from '@app/messaging';
import { ObservabilityModule, runProcess } from '@app/observability';
import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { readSync } from 'node:fs';
import { Pool } from 'pg';
import { crashAt } from '../../../apps/workflow/src/crash-points/crash-points.service.js';
import { executionConfig, ExecutionModule } from '../../../apps/workflow/src/execution.module.js';

/**
 * The engine of the workflow service alone: what takes runs forward, as it is composed in production, without schedules,
 * history, TypeORM and Redis, which is as good as away: no hint leaves, and runs go on by polling.
 */

/** What the process is told: to take its lease and work, or where to end itself (`<point>#<n>`). */
export type EngineOrder = 'begin' | { crashAt: string };
/** What it tells: that it waits for the first order, or that it stands still until a byte comes over standard input. */
export type EngineReport = 'loaded' | 'armed';

let begin: () => void = () => undefined;
const begun = new Promise<void>((resolve) => (begin = resolve));

function tell(report: EngineReport, then: () => void = () => undefined): void {
  process.send?.(report, then);
}

/** Nothing happens between the order and the byte, so that what is accepted meanwhile is met by an armed process. */
function standStill(): void {
  readSync(0, Buffer.alloc(1));
}

process.on('message', (order: EngineOrder) => {
  if (order === 'begin') begin();
  if (typeof order === 'string') return;
  crashAt(order.crashAt);
  tell('armed', standStill);
});
process.on('disconnect', () => process.exit(1));

@Global()
@Module({
  providers: [
    {
      provide: Pool,
      inject: [DatabaseConfig],
      useFactory: ({ url }: DatabaseConfig) => new Pool({ connectionString: url }),
    },
    { provide: CommandBus, useValue: { publish: () => undefined } },
  ],
  exports: [Pool, CommandBus],
})
class SurroundingsModule {}

@Module({
  imports: [
    ConfigModule.forRoot([ServiceConfig, DatabaseConfig, ...executionConfig], ProcessName.Workflow),
    ObservabilityModule.forProcess(ProcessName.Workflow),
    SurroundingsModule,
    ExecutionModule,
  ],
})
class EngineAloneModule implements OnModuleInit {
  /** Everything is there by now, and nothing of it has started. */
  async onModuleInit(): Promise<void> {
    tell('loaded');
    await begun;
  }
}

await runProcess(
  (options) => NestFactory.createApplicationContext(EngineAloneModule, options),
  async () => undefined,
);
