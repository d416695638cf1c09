import { idTime, newId, type CloudEvent } from '@app/contracts';
import { compileBare, matchesPattern, type Expression, type Scope } from '@app/definition';
import type { PoolClient } from 'pg';
import { isTrue } from '../steps/steps.service.js';
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
const MOST_FILTERS = 2_000;

/** Compiled filters by their text. */
const filters = new Map<string, Expression>();

/**
 * Gives events to the steps that wait for them, within the caller's transaction. A step gets the first one that it
 * wants; those that were accepted before it waited are not looked at again.
 * @param events in the order in which they were accepted
 */
export async function deliverToWaits(client: PoolClient, events: readonly TakenEvent[]): Promise<DeliveredEvents> {
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
      const { event, errors } = await firstFor(wait, events);
      delivered.filterErrors += errors;
      if (event !== undefined) given.push({ wait: wait.id, event });
    }
    delivered.woken += await deliver(client, given);
  }
  await client.query('CLOSE waits');
  return delivered;
}

/** A filter that cannot be evaluated is one that is not true. */
async function firstFor(wait: WaitRow, events: readonly TakenEvent[]): Promise<{ event?: CloudEvent; errors: number }> {
  let errors = 0;
  for (const { id, userId, event, acceptedAt } of events) {
    const isOfKind = matchesPattern(wait.type, event.type) && matchesPattern(wait.source ?? undefined, event.source);
    if (userId !== wait.user_id || acceptedAt < wait.since || !isOfKind) continue;
    if (wait.filter === null) return { event, errors };
    try {
      const context = { nowMs: idTime(id), seed: `${id}/${wait.id}` };
      if (isTrue(await filterOf(wait.filter).evaluate({ ...wait.context, event }, context))) return { event, errors };
    } catch {
      errors += 1;
    }
  }
  return { errors };
}

function filterOf(text: string): Expression {
  const known = filters.get(text);
  if (known !== undefined) return known;
  const [oldest] = filters.keys();
  if (oldest !== undefined && filters.size >= MOST_FILTERS) filters.delete(oldest);
  const filter = compileBare(text);
  filters.set(text, filter);
  return filter;
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
