/**
 * Leaves of the trail what the platform has to be able to answer for: what was done when, to which id, by which id.
 * Whom an id belonged to goes with the account's row; from where and as what goes here (docs/adr/0011-erasure.md).
 *
 * - What the accounts and their keys did loses where it came from, and its values unless they are another user's.
 * - What was done to them loses its values; where it came from too, when nobody knows who it was.
 *
 * $1 accounts, $2 ids of the accounts and of their API keys, $3 most rows.
 */
export const eraseAuditSql = `
WITH about AS (
  (SELECT id FROM audit_events WHERE actor_id = ANY ($2::uuid[]) AND erased_at IS NULL LIMIT $3)
  UNION
  (SELECT id FROM audit_events
    WHERE subject_type IN ('user', 'service_account') AND subject_id = ANY ($1::uuid[]) AND erased_at IS NULL LIMIT $3)
  LIMIT $3
)
UPDATE audit_events e SET
  erased_at = now(),
  ip_address = CASE WHEN own.acted OR e.actor_id IS NULL THEN NULL ELSE e.ip_address END,
  user_agent = CASE WHEN own.acted OR e.actor_id IS NULL THEN NULL ELSE e.user_agent END,
  request_id = CASE WHEN own.acted OR e.actor_id IS NULL THEN NULL ELSE e.request_id END,
  before = CASE WHEN own.is_about_others THEN e.before END,
  after = CASE WHEN own.is_about_others THEN e.after END,
  details = CASE WHEN own.is_about_others THEN e.details ELSE '{}' END
FROM about,
LATERAL (
  SELECT coalesce(x.actor_id = ANY ($2::uuid[]), false) AS acted,
         coalesce(x.subject_type IN ('user', 'service_account') AND NOT x.subject_id = ANY ($1::uuid[]), false)
           AS is_about_others
  FROM audit_events x WHERE x.id = about.id
) AS own
WHERE e.id = about.id`;

/** The ids under which accounts appear as actors. $1 accounts. */
export const actorIdsSql = `
SELECT unnest($1::uuid[]) AS id UNION SELECT id FROM api_keys WHERE user_id = ANY ($1::uuid[])`;
