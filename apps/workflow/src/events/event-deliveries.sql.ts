import { mayActAlone } from '@app/database';

/** Who wants events of these owners sent to them: nobody of an account that may not act by itself. $1 owners. */
export const subscriptionsSql = `
SELECT s.id, s.user_id, s.types, s.filter FROM event_subscriptions s
JOIN users u ON u.id = s.user_id AND ${mayActAlone('u')}
WHERE s.user_id = ANY ($1::uuid[]) AND s.status = 'active'`;

/**
 * Promises deliveries, each with the job that makes it.
 *
 * Guarantees: an event is delivered to a subscription once, however often this is written; a delivery has its job or is not
 * there.
 *
 * $1 deliveries, $2 jobs, $3 subscriptions, $4 events, $5 owners, $6 priority of the jobs, $7 how many workers may die of one.
 */
export const acceptDeliveriesSql = `
WITH wanted AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[])
    AS w (id, job_id, subscription_id, event_id, user_id)
),
promised AS (
  INSERT INTO event_deliveries (id, subscription_id, event_id)
  SELECT id, subscription_id, event_id FROM wanted
  ON CONFLICT (subscription_id, event_id) DO NOTHING
  RETURNING id
)
INSERT INTO jobs (id, type, payload, priority, max_retries, user_id)
SELECT w.job_id, 'event.deliver', jsonb_build_object('delivery_id', w.id), $6, $7, w.user_id
FROM wanted w JOIN promised p ON p.id = w.id`;
