import {
  conflict,
  jobPriority,
  newId,
  notFound,
  SubscriptionStatus,
  type EventDeliveryDto,
  type PageQuery,
} from '@app/contracts';
import { CommandBus } from '@app/messaging';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { decodeCursor, isIdKey, pageOf, TOTAL_LIMIT, type Page } from '../http/paging.js';
import {
  countDeliveriesSql,
  findDeliverySql,
  listDeliveriesSql,
  redeliverSql,
  type DeliveryRow,
} from './deliveries.sql.js';
import { SubscriptionsService } from './subscriptions.service.js';
import { toDelivery } from './to-subscription.js';

/** What became of events for one subscription. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly pool: Pool,
    private readonly bus: CommandBus<'gateway'>,
    private readonly subscriptions: SubscriptionsService,
  ) {}

  /** The newest first. @throws AppError NOT_FOUND */
  async list(userId: string, subscriptionId: string, query: PageQuery): Promise<Page<EventDeliveryDto>> {
    await this.subscriptions.get(userId, subscriptionId);
    const { cursor, page, limit } = query;
    const after = cursor === undefined ? null : decodeCursor(cursor, isIdKey)[0];
    const values = [subscriptionId, after, after === null ? (page - 1) * limit : 0, limit + 1];
    const { rows } = await this.pool.query<DeliveryRow>(listDeliveriesSql, values);
    const total = after === null ? await this.count(subscriptionId) : undefined;
    return pageOf(rows.map(toDelivery), query, total, ({ id }) => [id]);
  }

  /**
   * Sends an event again that was delivered or given up.
   * @throws AppError NOT_FOUND, CONFLICT when it is on its way already, its event is gone or the subscription disabled
   */
  async redeliver(userId: string, subscriptionId: string, id: string): Promise<EventDeliveryDto> {
    const { status } = await this.subscriptions.get(userId, subscriptionId);
    const delivery = await this.find(subscriptionId, id);
    if (status === SubscriptionStatus.Disabled) throw conflict('The subscription is disabled: enable it first.');
    if (delivery.event === null) throw conflict('The event is not kept any more.');
    const values = [id, subscriptionId, userId, newId(), jobPriority('event.deliver')];
    const { rowCount } = await this.pool.query(redeliverSql, values);
    if (rowCount === 0) throw conflict('The event is on its way: next_attempt_at says when it is sent again.');
    this.bus.publish('jobs.waiting', { count: 1 });
    return this.find(subscriptionId, id);
  }

  private async find(subscriptionId: string, id: string): Promise<EventDeliveryDto> {
    const { rows } = await this.pool.query<DeliveryRow>(findDeliverySql, [id, subscriptionId]);
    const [row] = rows;
    if (row === undefined) throw notFound('delivery');
    return toDelivery(row);
  }

  private async count(subscriptionId: string): Promise<number> {
    const values = [subscriptionId, TOTAL_LIMIT + 1];
    return (await this.pool.query<{ count: number }>(countDeliveriesSql, values)).rows[0]?.count ?? 0;
  }
}
