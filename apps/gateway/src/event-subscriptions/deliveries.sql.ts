import type { DeliveryStatus } from '@app/contracts';

export interface DeliveryRow {
  id: string;
  event_id: string | null;
  source: string | null;
  type: string | null;
  status: DeliveryStatus;
  attempts: number;
  response_status: number | null;
  error: string | null;
  last_attempt_at: Date | null;
  next_attempt_at: Date | null;
  delivered_at: Date | null;
  created_at: Date;
}

const shown = `
SELECT d.id, e.event_id, e.source, e.type, d.status, d.attempts, d.response_status, d.error, d.last_attempt_at,
       d.next_attempt_at, d.delivered_at, d.created_at
FROM event_deliveries d LEFT JOIN events e ON e.id = d.event_id`;

/** $1 subscription, $2 id of the last one of the page before or null, $3 how many to skip, $4 most rows. */
export const listDeliveriesSql = `${shown}
WHERE d.subscription_id = $1 AND ($2::uuid IS NULL OR d.id < $2) ORDER BY d.id DESC OFFSET $3 LIMIT $4`;

/** $1 subscription, $2 where to stop counting. */
export const countDeliveriesSql = `
SELECT count(*)::int AS count FROM (SELECT FROM event_deliveries WHERE subscription_id = $1 LIMIT $2) AS counted`;

/** $1 delivery, $2 subscription. */
export const findDeliverySql = `${shown} WHERE d.id = $1 AND d.subscription_id = $2`;

/**
 * Sends an event that is delivered or given up once more, at once.
 *
 * Guarantees: it has one job that makes it; whoever asks twice at the same time gets one. What the back-off of others holds up
 * goes on too: somebody knows that the receiver is there.
 *
 * $1 delivery, $2 subscription, $3 account, $4 job, $5 priority.
 */
export const redeliverSql = `
WITH asked AS (
  UPDATE event_deliveries SET status = 'pending', attempts = 0, error = NULL, response_status = NULL, asked_at = now(),
    next_attempt_at = now(), delivered_at = NULL
  WHERE id = $1 AND subscription_id = $2 AND status <> 'pending'
  RETURNING id, subscription_id
),
subscription AS (
  UPDATE event_subscriptions s SET held_until = NULL FROM asked a WHERE s.id = a.subscription_id AND s.held_until IS NOT NULL
)
INSERT INTO jobs (id, type, payload, priority, max_retries, user_id)
SELECT $4, 'event.deliver', jsonb_build_object('delivery_id', id), $5, 100, $3 FROM asked`;
