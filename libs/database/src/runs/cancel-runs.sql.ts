/**
 * Asks for the cancellation of unfinished runs of accounts; a part at a time, because one account may have a million.
 *
 * Guarantees: a finished run has no claim, so nothing is asked of it. Each run is made due and marked as woken, so that
 * whoever parks it at this moment, or polls, sees the request without any message. Claims are locked in the order of
 * their ids, like all who lock several of them, so that nobody waits for each other.
 *
 * $1 the accounts, $2 most runs.
 */
export const cancelRunsOfUsersSql = `
WITH unfinished AS (
  SELECT c.run_id FROM workflows w JOIN claims c ON c.workflow_id = w.id
  WHERE w.user_id = ANY ($1::uuid[]) AND c.cancel_requested_at IS NULL
  ORDER BY c.run_id LIMIT $2
  FOR UPDATE OF c
)
UPDATE claims c
SET cancel_requested_at = now(), run_at = least(c.run_at, now()), woken = true
FROM unfinished u WHERE c.run_id = u.run_id
RETURNING c.run_id, c.owner IS NOT NULL AS is_held`;
