import { idTime, jobPriority, newId, type CloudEvent } from '@app/contracts';
import { compileBare, matchesPattern, type Expression } from '@app/definition';
import type { PoolClient } from 'pg';
import { isTrue } from '../steps/steps.service.js';
import { acceptDeliveriesSql, subscriptionsSql } from './event-deliveries.sql.js';

/** An event that was accepted. */
export interface AcceptedEvent {
  id: string;
  userId: string;
  event: CloudEvent;
}

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

const MOST_FILTERS = 2_000;
const DELIVERIES_AT_ONCE = 500;
/** How many workers may end in the middle of one delivery. */
const MOST_DEATHS = 100;

/** Those who want events sent to them. */
export class EventSubscribers {
  private readonly filters = new Map<string, Expression>();

  /** Promises a delivery for each event to each subscription of its owner that wants it, within the caller's transaction. */
  async promise(client: PoolClient, events: readonly AcceptedEvent[]): Promise<PromisedDeliveries> {
    const owners = [...new Set(events.map(({ userId }) => userId))];
    const query = { name: 'event-subscriptions', text: subscriptionsSql, values: [owners] };
    const { rows: subscriptions } = await client.query<SubscriptionRow>(query);
    const wanted: { event: AcceptedEvent; subscriptionId: string }[] = [];
    let filterErrors = 0;
    for (const subscription of subscriptions) {
      for (const event of events.filter(({ userId }) => userId === subscription.user_id)) {
        const verdict = await this.judge(subscription, event);
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

  /** A filter that cannot be evaluated is one that is not true, as for workflows. */
  private async judge(
    { id: subscriptionId, types, filter }: SubscriptionRow,
    { id, event }: AcceptedEvent,
  ): Promise<'match' | 'other' | 'error'> {
    if (!types.some((type) => matchesPattern(type, event.type))) return 'other';
    if (filter === null) return 'match';
    try {
      const context = { nowMs: idTime(id), seed: `${id}/${subscriptionId}` };
      return isTrue(await this.compiled(filter).evaluate({ event }, context)) ? 'match' : 'other';
    } catch {
      return 'error';
    }
  }

  private compiled(filter: string): Expression {
    const known = this.filters.get(filter);
    if (known !== undefined) return known;
    for (const oldest of this.filters.keys()) {
      if (this.filters.size < MOST_FILTERS) break;
      this.filters.delete(oldest);
    }
    const compiled = compileBare(filter);
    this.filters.set(filter, compiled);
    return compiled;
  }
}
