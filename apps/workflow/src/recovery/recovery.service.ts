import { EngineConfig } from '@app/config';
import { declareDeadSql, Lookout } from '@app/database';
import { GracefulShutdown, Periodic, ShutdownPhase } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { Pool, type QueryResult, type QueryResultRow } from 'pg';
import { Counter, Registry } from 'prom-client';
import { crashPoint } from '../crash-points/crash-points.service.js';
import { RunQueue } from '../runs/limits/run-queue.service.js';
import { RunClaimer } from '../runs/run-claimer.service.js';
import {
  forgetTheDeadSql,
  freeRunsOfTheDeadSql,
  giveUpHeldSlotsSql,
  hasLossesSql,
  holdSlotsOfTheLostSql,
} from './recovery.sql.js';

/** Looks for replicas that stopped renewing their leases and frees their runs. Every replica does it for all. */
@Injectable()
export class RecoveryService {
  private readonly log = new Logger(RecoveryService.name);
  private readonly periodic: Periodic;
  private readonly dead: Counter;

  constructor(
    private readonly pool: Pool,
    private readonly claimer: RunClaimer,
    private readonly queue: RunQueue,
    lookout: Lookout,
    { heartbeatMs: everyMs }: EngineConfig,
    registry: Registry,
    shutdown: GracefulShutdown,
  ) {
    this.dead = new Counter({
      name: 'replicas_declared_dead_total',
      help: 'Replicas of any service that this one found dead.',
      registers: [registry],
    });
    this.periodic = new Periodic({
      name: 'Recovery',
      everyMs,
      gapMs: everyMs,
      task: () => this.recover(),
      unasked: () => false,
      log: this.log,
    });
    lookout.watch({
      name: 'losses',
      sql: hasLossesSql,
      everyMs,
      seen: (areAny) => areAny === true && this.periodic.wake(),
    });
    shutdown.add(ShutdownPhase.StopTaking, 'recovery', () => this.periodic.stop());
  }

  start(): void {
    this.periodic.start();
  }

  private async recover(): Promise<void> {
    const { rows: dead } = await this.write<{ id: string; service: string }>(declareDeadSql);
    for (const { id, service } of dead) this.log.warn(`Replica ${id} (${service}) stopped renewing its lease.`);
    this.dead.inc(dead.length);
    const { rowCount: freed } = await this.write(freeRunsOfTheDeadSql);
    if (dead.length > 0) await this.write(forgetTheDeadSql);
    await this.write(holdSlotsOfTheLostSql);
    const { rowCount: slots } = await this.write(giveUpHeldSlotsSql);
    if (slots !== null && slots > 0) {
      this.queue.want();
      this.claimer.wake();
    }
    if (freed !== null && freed > 0) {
      this.log.warn(`Freed ${freed} runs of replicas that ended.`);
      this.claimer.wake();
    }
  }

  /** Each of them is done by itself, and does again what a replica that died meanwhile had not come to. */
  private async write<R extends QueryResultRow>(sql: string): Promise<QueryResult<R>> {
    crashPoint('recover.before');
    const result = await this.pool.query<R>(sql);
    crashPoint('recover.after');
    return result;
  }
}
