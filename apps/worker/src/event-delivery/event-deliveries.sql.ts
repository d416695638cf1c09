import { mayActAlone } from '@app/database';

/**
 * One delivery with everything that an attempt needs.
 *
 * Guarantees: the event is one of the subscription's owner or none at all. A secret that was replaced is there only as
 * long as it signs.
 *
 * $1 delivery.
 */
export const findDeliverySql = `
SELECT d.status, d.attempts, s.id AS "subscriptionId", s.url, s.secret, s.failures, e.event::text AS event,
       s.status = 'active' AND ${mayActAlone('u')} AS "isWanted",
       CASE WHEN s.previous_secret_until > now() THEN s.previous_secret END AS "previousSecret",
       (extract(epoch FROM greatest(s.held_until - clock_timestamp(), interval '0')) * 1000)::float8 AS "heldForMs"
FROM event_deliveries d
JOIN event_subscriptions s ON s.id = d.subscription_id
JOIN users u ON u.id = s.user_id
LEFT JOIN events e ON e.id = d.event_id AND e.user_id = s.user_id
WHERE d.id = $1`;

/**
 * The receiver has taken the event. Also of an attempt that was declared lost: it is known to have been taken. That one was
 * taken ends a row of failures; a subscription without one is not written. $1 delivery, $2 status of the answer.
 */
export const deliveredSql = `
WITH delivery AS (
  UPDATE event_deliveries SET status = 'delivered', attempts = attempts + 1, response_status = $2, error = NULL,
    last_attempt_at = now(), next_attempt_at = NULL, delivered_at = now()
  WHERE id = $1 AND status <> 'delivered'
  RETURNING subscription_id
)
UPDATE event_subscriptions s SET failures = 0, failing_since = NULL, held_until = NULL
FROM delivery d WHERE s.id = d.subscription_id AND s.failing_since IS NOT NULL AND s.status = 'active'`;

/**
 * An attempt has failed.
 *
 * Guarantees
 * - A delivery is tried for three days since it was asked for. A subscription of which nothing was delivered for three days
 *   is disabled, and one whose receiver is gone at once: by exactly one of the attempts that find it so.
 * - An attempt at a URL that was changed meanwhile says nothing about the subscription.
 * - While attempts fail in a row, nothing else is sent to the subscription either, until its own back-off is over: a receiver
 *   that is away costs a few attempts and not one for each event.
 *
 * $1 delivery, $2 status of the answer or null, $3 what went wrong, $4 URL, $5 whether the receiver is gone, $6 ms until this
 * one is sent again, $7 ms until anything is.
 */
export const attemptFailedSql = `
WITH delivery AS (
  UPDATE event_deliveries d SET attempts = attempts + 1, response_status = $2, error = $3, last_attempt_at = now(),
    status = CASE WHEN $5 OR asked_at < now() - interval '3 days' THEN 'failed' ELSE 'pending' END,
    next_attempt_at = CASE WHEN $5 OR asked_at < now() - interval '3 days' THEN NULL
                           ELSE now() + $6 * interval '1 millisecond' END
  WHERE id = $1 AND status = 'pending'
  RETURNING subscription_id, status
),
verdict AS (
  SELECT s.id, CASE WHEN $5 THEN 'gone' WHEN s.failing_since < now() - interval '3 days' THEN 'failures' END AS reason
  FROM delivery d JOIN event_subscriptions s ON s.id = d.subscription_id
  WHERE s.url = $4 AND s.status = 'active'
  FOR UPDATE OF s
),
subscription AS (
  UPDATE event_subscriptions s SET failures = s.failures + 1, failing_since = coalesce(s.failing_since, now()),
    held_until = now() + $7 * interval '1 millisecond',
    disabled_reason = v.reason,
    status = CASE WHEN v.reason IS NULL THEN 'active' ELSE 'disabled' END,
    version = s.version + (v.reason IS NOT NULL)::int,
    updated_at = CASE WHEN v.reason IS NULL THEN s.updated_at ELSE now() END
  FROM verdict v WHERE s.id = v.id
  RETURNING s.disabled_reason
)
SELECT d.status, s.disabled_reason AS "disabledReason" FROM delivery d LEFT JOIN subscription s ON true`;

/** The mail to the owner of a subscription that was disabled. $1 job, $2 priority, $3 subscription. */
export const tellOwnerSql = `
INSERT INTO jobs (id, type, payload, priority, user_id)
SELECT $1, 'email.subscription', jsonb_build_object('subscription_id', id), $2, user_id FROM event_subscriptions WHERE id = $3`;

/** It is not sent any more. $1 delivery, $2 why. */
export const deliveryEndedSql = `
UPDATE event_deliveries SET status = 'failed', error = $2, next_attempt_at = NULL WHERE id = $1 AND status = 'pending'`;

/** It waits because of what became of others. $1 delivery, $2 ms. */
export const deliveryHeldSql = `
UPDATE event_deliveries SET next_attempt_at = now() + $2 * interval '1 millisecond' WHERE id = $1 AND status = 'pending'`;
