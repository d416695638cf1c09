import type { EventDeliveryDto, EventSubscriptionDto } from '@app/contracts';
import type { DeliveryRow } from './deliveries.sql.js';
import type { SubscriptionRow } from './subscriptions.sql.js';

/** A subscription as it leaves the gateway: without its secret. */
export function toSubscription(row: SubscriptionRow): EventSubscriptionDto {
  return {
    id: row.id,
    types: row.types,
    filter: row.filter,
    url: row.url,
    status: row.status,
    disabled_reason: row.disabled_reason,
    failing_since: row.failing_since?.toISOString() ?? null,
    version: row.version,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

/** What the audit trail is told of a subscription: of its URL, which may hold a token, the origin. */
export function auditedSubscription({ types, filter, url, status }: SubscriptionRow): Record<string, unknown> {
  return { types, filter, origin: new URL(url).origin, status };
}

export function toDelivery(row: DeliveryRow): EventDeliveryDto {
  const { event_id: id, source, type } = row;
  return {
    id: row.id,
    event: id === null || source === null || type === null ? null : { id, source, type },
    status: row.status,
    attempts: row.attempts,
    response_status: row.response_status,
    error: row.error,
    last_attempt_at: row.last_attempt_at?.toISOString() ?? null,
    next_attempt_at: row.next_attempt_at?.toISOString() ?? null,
    delivered_at: row.delivered_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}
