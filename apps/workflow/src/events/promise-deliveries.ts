import { jobPriority, newId } from '@app/contracts';
import type { PoolClient } from 'pg';
import { acceptDeliveriesSql, subscriptionsSql } from './event-deliveries.sql.js';
import type { EventFilters } from './event-filters.js';
import type { TakenEvent } from './taken-event.js';

/** What subscriptions made of a batch of events. */
export interface PromisedDeliveries {
  deliveries: number;
  filterErrors: number;
}

interface SubscriptionRow {
  id: string;
  user_id: string;
  types: string[];
  filter: string | null;
}

const DELIVERIES_AT_ONCE = 500;
/** How many workers may end in the middle of one delivery. */
const MOST_DEATHS = 100;

/** Promises a delivery for each event to each subscription of its owner that wants it, within the caller's transaction. */
export async function promiseDeliveries(
  client: PoolClient,
  events: readonly TakenEvent[],
  filters: EventFilters,
): Promise<PromisedDeliveries> {
  const owners = [...new Set(events.map(({ userId }) => userId))];
  const query = { name: 'event-subscriptions', text: subscriptionsSql, values: [owners] };
  const { rows: subscriptions } = await client.query<SubscriptionRow>(query);
  const wanted: { event: TakenEvent; subscriptionId: string }[] = [];
  let filterErrors = 0;
  for (const subscription of subscriptions) {
    for (const event of events.filter(({ userId }) => userId === subscription.user_id)) {
      const verdict = await filters.judge(event, subscription);
      if (verdict === 'match') wanted.push({ event, subscriptionId: subscription.id });
      if (verdict === 'error') filterErrors += 1;
    }
  }
  let deliveries = 0;
  for (let first = 0; first < wanted.length; first += DELIVERIES_AT_ONCE) {
    const part = wanted.slice(first, first + DELIVERIES_AT_ONCE);
    const values = [
      part.map(() => newId()),
      part.map(() => newId()),
      part.map(({ subscriptionId }) => subscriptionId),
      part.map(({ event }) => event.id),
      part.map(({ event }) => event.userId),
      jobPriority('event.deliver'),
      MOST_DEATHS,
    ];
    const made = await client.query({ name: 'accept-deliveries', text: acceptDeliveriesSql, values });
    deliveries += made.rowCount ?? 0;
  }
  return { deliveries, filterErrors };
}
