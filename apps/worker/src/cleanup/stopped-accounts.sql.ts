/**
 * Accounts that were deactivated lately, with their machines, of which somebody still has runs that nobody was asked to
 * cancel: runs that were being accepted at that very moment, or a gateway that ended before it could ask.
 * $1 most accounts.
 */
export const deactivatedWithRunsSql = `
WITH stopped AS (
  SELECT id FROM users WHERE NOT is_active AND updated_at > now() - interval '1 day'
),
accounts AS (
  SELECT id FROM stopped
  UNION
  SELECT machine.id FROM users machine JOIN stopped ON machine.owner_id = stopped.id
)
SELECT id FROM accounts
WHERE EXISTS (
  SELECT FROM workflows w JOIN claims c ON c.workflow_id = w.id
  WHERE w.user_id = accounts.id AND c.cancel_requested_at IS NULL)
LIMIT $1`;
