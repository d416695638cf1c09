import 'reflect-metadata';
import { ConfigModule, DatabaseConfig, ProcessName, ServiceConfig } from '@app/config';
import { poolOptions } from '@app/database';
import { EgressClient } from '@app/egress';
import { CommandBus, SharedPermits } from '@app/messaging';
import { ObservabilityModule, runProcess } from '@app/observability';
import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { ModuleRef, NestFactory } from '@nestjs/core';
import { readSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { Pool } from 'pg';
import { crashAt } from '../../../apps/workflow/src/crash-points/crash-points.service.js';
import { executionConfig, ExecutionModule } from '../../../apps/workflow/src/execution.module.js';
import { ReplicaService } from '../../../apps/workflow/src/replica/replica.service.js';
import { RunWriter } from '../../../apps/workflow/src/runs/run-writer.service.js';
import { Gathering } from './gathering.js';

/**
 * The engine of the workflow service alone: what takes runs forward, as it is composed in production and with its connections
 * to PostgreSQL, without schedules, history, TypeORM and Redis, which is as good as away: no hint leaves, and runs go on by polling.
 */

/**
 * What the process is told: to stand still until a byte comes over standard input, with nothing under way, and then to look
 * for work and end itself at a place (`<point>#<n>`; nowhere when it is empty).
 */
export interface EngineOrder {
  crashAt: string;
  /** How many runs go together: their commits are one batch, and on the way to a point of calls none leaves before all are there. */
  together: number;
}
/** What it tells: that it has all that it needs, or that it stands still. */
export type EngineReport = 'ready' | 'still';

/** Redis is away. */
const noPermits: Pick<SharedPermits, keyof SharedPermits> = {
  take: () => Promise.resolve(undefined),
  answered: () => Promise.resolve(),
  forget: () => Promise.resolve(false),
  isThere: () => Promise.resolve(false),
};

let begin: () => void = () => undefined;
const begun = new Promise<void>((resolve) => (begin = resolve));

const NO_COMPANY = 1;
let commits = new Gathering(NO_COMPANY);
let calls = new Gathering(NO_COMPANY);

/** The engine's own commits and calls, each after those that it goes together with have come. */
function goTogether(writer: RunWriter, egress: EgressClient): void {
  const commit = writer.commit.bind(writer);
  const request = egress.request.bind(egress);
  writer.commit = async (row) => {
    await commits.all();
    await commit(row);
  };
  egress.request = async (call) => {
    await calls.all();
    return request(call);
  };
}

function tell(report: EngineReport, then: () => void = () => undefined): void {
  process.send?.(report, then);
}

/** What was sent to PostgreSQL is answered, and what follows from the answers at once has happened. */
async function nothingUnderWay(pool: Pool): Promise<void> {
  do await pause(1);
  while (pool.idleCount < pool.totalCount || pool.waitingCount > 0);
}

async function obey({ crashAt: place, together }: EngineOrder, pool: Pool): Promise<void> {
  await nothingUnderWay(pool);
  crashAt(place);
  commits = new Gathering(together);
  calls = new Gathering(/^(call|probe)\./.test(place) ? together : NO_COMPANY);
  // The parser of HTTP is compiled once more, for speed that nobody who ends soon has anything of: a quarter of the start.
  if (place !== '') setFlagsFromString('--liftoff-only');
  tell('still', () => {
    readSync(0, Buffer.alloc(1));
    begin();
  });
}
process.on('disconnect', () => process.exit(1));

@Global()
@Module({
  providers: [
    { provide: Pool, inject: [DatabaseConfig], useFactory: (config: DatabaseConfig) => new Pool(poolOptions(config)) },
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

  /** Everything is there by now, the lease and a connection too, like in any replica that has nothing to do. */
  async onModuleInit(): Promise<void> {
    const { modules, pool } = this;
    process.on('message', (order: EngineOrder) => void obey(order, pool));
    goTogether(modules.get(RunWriter, { strict: false }), modules.get(EgressClient, { strict: false }));
    await Promise.all([modules.get(ReplicaService, { strict: false }).start(), pool.query('SELECT')]);
    tell('ready');
    await begun;
  }
}

await runProcess(
  (options) => NestFactory.createApplicationContext(EngineAloneModule, options),
  async () => undefined,
);
