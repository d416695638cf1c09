/**
 * What accounts own besides runs, the deepest first, so that what is left for the foreign keys of the last statement is
 * little. $1 accounts, $2 most rows.
 */
export const belongings: readonly string[] = [
  // Mails about an account that were asked for by its address alone.
  `DELETE FROM jobs WHERE id IN (
     SELECT j.id FROM users u
     JOIN jobs j ON j.type = 'email.account' AND lower(j.payload->>'email') = lower(u.email)
     WHERE u.id = ANY ($1::uuid[]) LIMIT $2)`,
  `DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE user_id = ANY ($1::uuid[]) LIMIT $2)`,
  `DELETE FROM idempotency_keys WHERE id IN (
     SELECT id FROM idempotency_keys
     WHERE principal_id = ANY ($1::uuid[])
        OR principal_id IN (SELECT id FROM api_keys WHERE user_id = ANY ($1::uuid[])) LIMIT $2)`,
  `DELETE FROM pending_events WHERE id IN (SELECT id FROM pending_events WHERE user_id = ANY ($1::uuid[]) LIMIT $2)`,
  `DELETE FROM event_deliveries WHERE id IN (
     SELECT d.id FROM event_subscriptions s JOIN event_deliveries d ON d.subscription_id = s.id
     WHERE s.user_id = ANY ($1::uuid[]) LIMIT $2)`,
  `DELETE FROM events WHERE id IN (SELECT id FROM events WHERE user_id = ANY ($1::uuid[]) LIMIT $2)`,
  `DELETE FROM seen_events WHERE (user_id, key) IN (
     SELECT user_id, key FROM seen_events WHERE user_id = ANY ($1::uuid[]) LIMIT $2)`,
  `DELETE FROM seen_deliveries WHERE (workflow_id, key) IN (
     SELECT s.workflow_id, s.key FROM workflows w JOIN seen_deliveries s ON s.workflow_id = w.id
     WHERE w.user_id = ANY ($1::uuid[]) LIMIT $2)`,
  `DELETE FROM schedule_fires WHERE (workflow_id, scheduled_for) IN (
     SELECT f.workflow_id, f.scheduled_for FROM workflows w JOIN schedule_fires f ON f.workflow_id = w.id
     WHERE w.user_id = ANY ($1::uuid[]) LIMIT $2)`,
  `DELETE FROM workflow_versions WHERE (workflow_id, version) IN (
     SELECT v.workflow_id, v.version FROM workflows w JOIN workflow_versions v ON v.workflow_id = w.id
     WHERE w.user_id = ANY ($1::uuid[]) LIMIT $2)`,
  `DELETE FROM workflows WHERE id IN (SELECT id FROM workflows WHERE user_id = ANY ($1::uuid[]) LIMIT $2)`,
  `DELETE FROM content_revisions WHERE id IN (
     SELECT r.id FROM content c JOIN content_revisions r ON r.content_id = c.id
     WHERE c.user_id = ANY ($1::uuid[]) LIMIT $2)`,
  `DELETE FROM content WHERE id IN (SELECT id FROM content WHERE user_id = ANY ($1::uuid[]) LIMIT $2)`,
  `DELETE FROM integration_items WHERE id IN (
     SELECT i.id FROM integrations g JOIN integration_items i ON i.integration_id = g.id
     WHERE g.user_id = ANY ($1::uuid[]) LIMIT $2)`,
  `DELETE FROM integrations WHERE id IN (SELECT id FROM integrations WHERE user_id = ANY ($1::uuid[]) LIMIT $2)`,
  `DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = ANY ($1::uuid[]) LIMIT $2)`,
  `DELETE FROM one_time_tokens WHERE id IN (
     SELECT id FROM one_time_tokens WHERE user_id = ANY ($1::uuid[]) LIMIT $2)`,
];
