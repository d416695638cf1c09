import type { DisabledReason, SubscriptionStatus } from '@app/contracts';

/** A subscription as its owner may see it. */
export interface SubscriptionRow {
  id: string;
  types: string[];
  filter: string | null;
  url: string;
  status: SubscriptionStatus;
  disabled_reason: DisabledReason | null;
  failing_since: Date | null;
  version: number;
  created_at: Date;
  updated_at: Date;
}

/** Most subscriptions of one account: each of its events is held against all of them. */
export const MOST_SUBSCRIPTIONS = 100;

const columns = `id, types, filter, url, status, disabled_reason, failing_since, version, created_at, updated_at`;

/** $1 account, $2 id of the last one of the page before or null, $3 how many to skip, $4 most rows. */
export const listSubscriptionsSql = `
SELECT ${columns} FROM event_subscriptions
WHERE user_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC OFFSET $3 LIMIT $4`;

/** $1 account. */
export const countSubscriptionsSql = 'SELECT count(*)::int AS count FROM event_subscriptions WHERE user_id = $1';

/** $1 subscription, $2 account. */
export const findSubscriptionSql = `SELECT ${columns} FROM event_subscriptions WHERE id = $1 AND user_id = $2`;

/** $1 id, $2 account, $3 types, $4 filter, $5 URL, $6 sealed secret. */
export const insertSubscriptionSql = `
INSERT INTO event_subscriptions (id, user_id, types, filter, url, secret) VALUES ($1, $2, $3, $4, $5, $6)
RETURNING ${columns}`;

/** One subscription, which nobody else changes until the end of the transaction. $1 subscription, $2 account, $3 versions or null. */
export const holdSubscriptionSql = `
SELECT ${columns} FROM event_subscriptions
WHERE id = $1 AND user_id = $2 AND ($3::int[] IS NULL OR version = ANY ($3)) FOR UPDATE`;

/**
 * Changes a subscription. Enabled again, or with another URL, it begins without the failures of before.
 * $1 subscription, $2 types, $3 filter, $4 URL, $5 status, $6 why it is disabled, $7 whether its failures are forgotten.
 */
export const updateSubscriptionSql = `
UPDATE event_subscriptions SET types = $2, filter = $3, url = $4, status = $5, disabled_reason = $6,
  failures = CASE WHEN $7 THEN 0 ELSE failures END,
  failing_since = CASE WHEN $7 THEN NULL ELSE failing_since END,
  held_until = CASE WHEN $7 THEN NULL ELSE held_until END,
  version = version + 1, updated_at = now()
WHERE id = $1
RETURNING ${columns}`;

/** Gives a subscription another secret; the one before signs too for $3 hours. $1 subscription, $2 sealed secret. */
export const rotateSecretSql = `
UPDATE event_subscriptions SET previous_secret = secret, previous_secret_until = now() + $3 * interval '1 hour',
  secret = $2, version = version + 1, updated_at = now()
WHERE id = $1
RETURNING ${columns}`;

/** Its deliveries go with it; their jobs find nothing to do. $1 subscription. */
export const deleteSubscriptionSql = 'DELETE FROM event_subscriptions WHERE id = $1';
