import { EngineConfig } from '@app/config';
import { inTransaction, Lookout } from '@app/database';
import { CommandBus } from '@app/messaging';
import { GracefulShutdown, Periodic, ShutdownPhase } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { RunClaimer } from '../runs/run-claimer.service.js';
import { takeTurn } from './schedule-turn.js';
import { ScheduleMetrics } from './schedule.metrics.js';
import { untilNextSql, untilWorkSql } from './schedules.sql.js';

/** Shortest pause between two looks, however many hints come, in ms. */
const GAP_MS = 25;
/** Schedules that one transaction deals with. */
const BATCH = 50;

/** Fires schedules. Every replica does it for all; the rows decide who takes which. */
@Injectable()
export class SchedulesService {
  private readonly periodic: Periodic;
  private readonly everyMs: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly claimer: RunClaimer,
    private readonly bus: CommandBus<'workflow'>,
    private readonly metrics: ScheduleMetrics,
    lookout: Lookout,
    config: EngineConfig,
    shutdown: GracefulShutdown,
  ) {
    this.everyMs = config.pollMs;
    this.periodic = new Periodic({
      name: 'Firing schedules',
      everyMs: config.pollMs,
      gapMs: GAP_MS,
      task: () => this.fire(),
      unasked: () => false,
      log: new Logger(SchedulesService.name),
    });
    lookout.watch<number>({
      name: 'schedules',
      sql: untilWorkSql,
      everyMs: config.pollMs,
      seen: (ms) => this.wakeIn(ms),
    });
    shutdown.add(ShutdownPhase.StopTaking, 'schedules', async () => {
      await this.periodic.stop();
      clearTimeout(this.timer);
    });
  }

  start(): void {
    this.periodic.start();
  }

  /** A schedule changed: look now. */
  wake(): void {
    this.periodic.wake();
  }

  private async fire(): Promise<void> {
    const turn = await inTransaction(this.pool, (client) => takeTurn(client, BATCH));
    this.metrics.observe(turn);
    if (turn.started > 0) {
      this.claimer.wake();
      this.bus.publish('runs.waiting', { count: turn.started });
    }
    for (const { run_id, is_held } of turn.cancelled) {
      if (is_held) this.bus.publish('run.cancel', { run_id });
      else this.claimer.wake();
    }
    if (turn.hasMore) this.periodic.wake();
    else await this.wakeForNext();
  }

  /** The next fire is not to wait for the next poll. */
  private async wakeForNext(): Promise<void> {
    const text = `SELECT ${untilNextSql} AS ms`;
    const { rows } = await this.pool.query<{ ms: number | null }>({ name: 'until-next', text });
    this.wakeIn(rows[0]?.ms ?? null);
  }

  /** Those that are further away are seen by a later look. */
  private wakeIn(ms: number | null): void {
    clearTimeout(this.timer);
    if (ms === null || ms > this.everyMs) return;
    this.timer = setTimeout(() => this.periodic.wake(), Math.max(0, Math.ceil(ms)));
  }
}
