import { newId, type CloudEvent } from '@app/contracts';
import type { Scope } from '@app/definition';
import type { PoolClient } from 'pg';
import type { EventFilters } from './event-filters.js';
import { areAwaitedSql, deliverEventsSql, openWaitsSql } from './event-waits.sql.js';
import type { TakenEvent } from './taken-event.js';

interface WaitRow {
  id: string;
  user_id: string;
  type: string;
  source: string | null;
  filter: string | null;
  context: Scope | null;
  /** When the commit that parked the step began, by PostgreSQL's clock, in µs since 1970. */
  since: number;
}

/** What became of the waits that a batch of events met. */
export interface DeliveredEvents {
  woken: number;
  filterErrors: number;
}

/** Waits in memory at the same time, of however many there are. */
const WAITS_AT_ONCE = 500;

/**
 * Gives events to the steps that wait for them, within the caller's transaction. A step gets the first one that it
 * wants; those that were accepted before it waited are not looked at again.
 * @param events in the order in which they were accepted
 */
export async function deliverToWaits(
  client: PoolClient,
  events: readonly TakenEvent[],
  filters: EventFilters,
): Promise<DeliveredEvents> {
  const delivered = { woken: 0, filterErrors: 0 };
  const owners = [...new Set(events.map(({ userId }) => userId))];
  const { rows: known } = await client.query<{ awaited: boolean }>({
    name: 'are-awaited',
    text: areAwaitedSql,
    values: [owners],
  });
  if (known[0]?.awaited !== true) return delivered;
  await client.query(openWaitsSql, [owners, [...new Set(events.map(({ event }) => event.type))]]);
  for (;;) {
    const { rows: waits } = await client.query<WaitRow>(`FETCH ${WAITS_AT_ONCE} FROM waits`);
    if (waits.length === 0) break;
    const given: { wait: string; event: CloudEvent }[] = [];
    for (const wait of waits) {
      const { event, errors } = await firstFor(wait, events, filters);
      delivered.filterErrors += errors;
      if (event !== undefined) given.push({ wait: wait.id, event });
    }
    delivered.woken += await deliver(client, given);
  }
  await client.query('CLOSE waits');
  return delivered;
}

async function firstFor(
  wait: WaitRow,
  events: readonly TakenEvent[],
  filters: EventFilters,
): Promise<{ event?: CloudEvent; errors: number }> {
  let errors = 0;
  for (const taken of events) {
    if (taken.userId !== wait.user_id || taken.acceptedAt < wait.since) continue;
    const verdict = await filters.judge(taken, { ...wait, types: [wait.type] });
    if (verdict === 'match') return { event: taken.event, errors };
    if (verdict === 'error') errors += 1;
  }
  return { errors };
}

async function deliver(client: PoolClient, given: readonly { wait: string; event: CloudEvent }[]): Promise<number> {
  if (given.length === 0) return 0;
  const { rowCount } = await client.query({
    name: 'deliver-events',
    text: deliverEventsSql,
    values: [given.map(({ wait }) => wait), given.map(() => newId()), given.map((one) => JSON.stringify(one))],
  });
  return rowCount ?? 0;
}
