import { RunValues } from '@app/blobs';
import { BoundsConfig, EngineConfig } from '@app/config';
import { inTransaction, isConnectionLost, Lookout } from '@app/database';
import { CommandBus } from '@app/messaging';
import { GracefulShutdown, Periodic, ShutdownPhase } from '@app/observability';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { crashPoint } from '../crash-points/crash-points.service.js';
import { dispatchBatch, type DispatchedBatch } from './dispatch-batch.js';
import { EventMetrics } from './event.metrics.js';
import { EventFilters } from './event-filters.js';
import { hasPendingEventsSql, pendingEventsSql, postponeSql } from './pending-events.sql.js';

/** Most events of one transaction, and most of one owner in it. */
const BATCH = 200;
const BATCH_OF_OWNER = 50;
const GAP_MS = 5;
/** Before the first owner there is. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

interface PendingRow {
  id: string;
  user_id: string;
}

/**
 * Looks at accepted events and starts what they start. Every replica does it; an event is with one of them, for one
 * transaction, which starts the runs and forgets the event together.
 */
@Injectable()
export class EventDispatcher {
  private readonly log = new Logger(EventDispatcher.name);
  private readonly filters: EventFilters;
  private readonly periodic: Periodic;
  /** The last owner of the batch before: the next one goes on after them. */
  private lastOwner = NOBODY;
  private isStopping = false;

  constructor(
    private readonly pool: Pool,
    private readonly bus: CommandBus<'workflow'>,
    private readonly metrics: EventMetrics,
    private readonly values: RunValues,
    lookout: Lookout,
    { pollMs: everyMs }: EngineConfig,
    private readonly bounds: BoundsConfig,
    shutdown: GracefulShutdown,
  ) {
    this.filters = new EventFilters(bounds.maxExpressionSteps);
    this.periodic = new Periodic({
      name: 'Dispatching events',
      everyMs,
      gapMs: GAP_MS,
      task: () => this.dispatchAll(),
      unasked: () => false,
      log: this.log,
    });
    lookout.watch({ name: 'events', sql: hasPendingEventsSql, everyMs, seen: (wait) => wait === true && this.wake() });
    shutdown.add(ShutdownPhase.StopTaking, 'events', () => this.stop());
  }

  start(): void {
    this.periodic.start();
  }

  /** Events were accepted: look now. */
  wake(): void {
    this.periodic.wake();
  }

  /** Looks at events until there is none that is due. */
  async dispatchAll(): Promise<void> {
    let found = 1;
    while (found > 0 && !this.isStopping) found = await this.dispatchNext();
  }

  /** @returns how many events it met */
  private async dispatchNext(): Promise<number> {
    let ids: string[] = [];
    try {
      const done = await inTransaction(this.pool, async (client) => {
        const taken = await this.take(client);
        ids = taken.map(({ id }) => id);
        if (ids.length === 0) return undefined;
        crashPoint('dispatch.before');
        return dispatchBatch(client, this.filters, this.values, ids, this.bounds.maxCauses);
      });
      if (done === undefined) return 0;
      crashPoint('dispatch.after');
      this.tell(done);
    } catch (error) {
      if (isConnectionLost(error)) throw error;
      // One of them is the culprit: each alone, so that it alone waits.
      for (const id of ids) await this.dispatchAlone(id);
    }
    return ids.length;
  }

  /** Goes on after the owners of the batch before, and begins again with the first when there are no more. */
  private async take(client: Pick<Pool, 'query'>): Promise<PendingRow[]> {
    const from = async (owner: string): Promise<PendingRow[]> => {
      const values = [BATCH, BATCH_OF_OWNER, owner];
      return (await client.query<PendingRow>({ name: 'pending-events', text: pendingEventsSql, values })).rows;
    };
    const next = await from(this.lastOwner);
    const taken = next.length > 0 || this.lastOwner === NOBODY ? next : await from(NOBODY);
    this.lastOwner = taken.at(-1)?.user_id ?? NOBODY;
    return taken;
  }

  private async dispatchAlone(id: string): Promise<void> {
    try {
      const done = await inTransaction(this.pool, async (client) => {
        const locked = await client.query('SELECT FROM pending_events WHERE id = $1 FOR UPDATE SKIP LOCKED', [id]);
        return locked.rowCount === 0
          ? undefined
          : dispatchBatch(client, this.filters, this.values, [id], this.bounds.maxCauses);
      });
      if (done !== undefined) this.tell(done);
    } catch (error) {
      if (isConnectionLost(error)) throw error;
      this.log.error(`Event ${id} cannot be dispatched: ${String(error)}`);
      this.metrics.postponed.inc();
      await this.pool.query(postponeSql, [id]);
    }
  }

  private tell({ events, runs, woken, filterErrors, loops, deliveries }: DispatchedBatch): void {
    this.metrics.dispatched.inc(events);
    this.metrics.runs.inc(runs);
    this.metrics.woken.inc(woken);
    this.metrics.filterErrors.inc(filterErrors);
    this.metrics.loops.inc(loops);
    this.metrics.deliveries.inc(deliveries);
    if (deliveries > 0) this.bus.publish('jobs.waiting', { count: deliveries });
    if (runs + woken > 0) this.bus.publish('runs.waiting', { count: runs + woken });
  }

  private async stop(): Promise<void> {
    this.isStopping = true;
    await this.periodic.stop();
  }
}
