import 'reflect-metadata';
import { ConfigModule, DatabaseConfig, ProcessName, ServiceConfig } from '@app/config';
import { CommandBus, SharedPermits } from '@app/messaging';
import { ObservabilityModule, runProcess } from '@app/observability';
import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { ModuleRef, NestFactory } from '@nestjs/core';
import { readSync } from 'node:fs';
import { Pool } from 'pg';
import { crashAt } from '../../../apps/workflow/src/crash-points/crash-points.service.js';
import { executionConfig, ExecutionModule } from '../../../apps/workflow/src/execution.module.js';
import { ReplicaService } from '../../../apps/workflow/src/replica/replica.service.js';

/**
 * The engine of the workflow service alone: what takes runs forward, as it is composed in production, without schedules,
 * history, TypeORM and Redis, which is as good as away: no hint leaves, and runs go on by polling.
 */

/** What the process is told: to look for work, where to end itself (`<point>#<n>`), or that it need not any more. */
export type EngineOrder = 'begin' | 'disarm' | { crashAt: string };
/** What it tells: that it waits for the first order, that it stands still until a byte comes over standard input, or goes on. */
export type EngineReport = 'ready' | 'armed' | 'disarmed';

/**
 * Runs come one at a time, and in each connection PostgreSQL learns the tables and plans the statements anew: there is one,
 * and a plan for each statement, instead of one for each of its first five executions, which are all that there are.
 */
const CONNECTION = { max: 1, options: '-c plan_cache_mode=force_generic_plan' } as const;

/** Redis is away. */
const noPermits: Pick<SharedPermits, keyof SharedPermits> = {
  take: () => Promise.resolve(undefined),
  answered: () => Promise.resolve(),
  forget: () => Promise.resolve(false),
  isThere: () => Promise.resolve(false),
};

let begin: () => void = () => undefined;
const begun = new Promise<void>((resolve) => (begin = resolve));

function tell(report: EngineReport, then: () => void = () => undefined): void {
  process.send?.(report, then);
}

/** Nothing happens between the order and the byte, so that what is accepted meanwhile is met by an armed process. */
function standStill(): void {
  readSync(0, Buffer.alloc(1));
}

async function obey(order: EngineOrder, pool: Pool): Promise<void> {
  if (order === 'begin') begin();
  if (order === 'disarm') {
    // There is one connection: what was sent before is answered, and what follows from the answer has happened.
    await pool.query('SELECT');
    crashAt('');
    tell('disarmed');
  }
  if (typeof order === 'string') return;
  crashAt(order.crashAt);
  tell('armed', standStill);
}
process.on('disconnect', () => process.exit(1));

@Global()
@Module({
  providers: [
    {
      provide: Pool,
      inject: [DatabaseConfig],
      useFactory: ({ url }: DatabaseConfig) => new Pool({ connectionString: url, ...CONNECTION }),
    },
    { provide: CommandBus, useValue: { publish: () => undefined } },
    { provide: SharedPermits, useValue: noPermits },
  ],
  exports: [Pool, CommandBus, SharedPermits],
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
  constructor(
    private readonly modules: ModuleRef,
    private readonly pool: Pool,
  ) {}

  /** Everything is there by now, the lease and the connection too, like in any replica that has nothing to do. */
  async onModuleInit(): Promise<void> {
    process.on('message', (order: EngineOrder) => void obey(order, this.pool));
    await Promise.all([this.modules.get(ReplicaService, { strict: false }).start(), this.pool.query('SELECT')]);
    tell('ready');
    await begun;
  }
}

await runProcess(
  (options) => NestFactory.createApplicationContext(EngineAloneModule, options),
  async () => undefined,
);
