/**
 * Takes due runs for one replica.
 *
 * Guarantees
 * - A run has one owner: rows that another replica is claiming at this moment are skipped, not waited for.
 * - The epoch grows with every claim, so that every write of an earlier owner is refused from here on.
 * - The longest due come first.
 * - A wake-up that came before the claim is answered by it, and told: what woke the run is to be read.
 */
export const claimRunsSql = `
WITH due AS MATERIALIZED (
  SELECT run_id, woken FROM claims
  WHERE owner IS NULL AND run_at <= now()
  ORDER BY run_at
  LIMIT $2
  FOR UPDATE SKIP LOCKED
),
claimed AS (
  UPDATE claims c SET owner = $1, epoch = c.epoch + 1, woken = false
  FROM due WHERE c.run_id = due.run_id
  RETURNING c.*, due.woken AS was_woken
)
SELECT c.run_id, c.retention, c.workflow_id, c.version, c.user_id, c.epoch, c.in_doubt, c.was_woken, c.watched,
       c.cancel_requested_at IS NOT NULL AS cancel_requested, now() AS claimed_at,
       r.status, r.input, r.input_blob, r.trigger, r.correlation_id, r.tags, r.depth, r.created_at
FROM claimed c
JOIN workflow_runs r ON r.retention = c.retention AND r.id = c.run_id
ORDER BY c.run_at`;

/**
 * The runs of a replica, which of them somebody asked to cancel, and for which something has come that they may wait
 * for. $1 owner.
 */
export const ownedRunsSql = `
SELECT run_id, cancel_requested_at IS NOT NULL AS cancel_requested, woken FROM claims WHERE owner = $1`;
