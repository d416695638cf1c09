import type { RunFilterDto } from '@app/contracts';
import { filter, type Statement } from './run-list.sql.js';

/**
 * Asks for the cancellation of a batch of a user's unfinished runs, the oldest first.
 *
 * Guarantees: as `cancelRunSql`, for each of them. Claims are locked in the order of their ids, like by all who lock several
 * of them. A run whose cancellation was asked for before is left out, so that repeating the statement gets to the rest.
 */
export function bulkCancel(userId: string, query: RunFilterDto, most: number): Statement {
  const { from, values } = unfinished(userId, query, 'c.cancel_requested_at IS NULL');
  const text = `
WITH unfinished AS (
  SELECT c.run_id ${from} ORDER BY c.run_id LIMIT $${values.push(most)}
  FOR UPDATE OF c
)
UPDATE claims c
SET cancel_requested_at = coalesce(c.cancel_requested_at, now()), run_at = least(c.run_at, now()), woken = true
FROM unfinished u WHERE c.run_id = u.run_id
RETURNING c.run_id, c.owner IS NOT NULL AS is_held`;
  return { text, values };
}

/** How many of a user's unfinished runs are being cancelled already, counted to `most`. */
export function bulkCancelled(userId: string, query: RunFilterDto, most: number): Statement {
  const { from, values } = unfinished(userId, query, 'c.cancel_requested_at IS NOT NULL');
  const text = `SELECT count(*)::int AS count FROM (SELECT ${from} LIMIT $${values.push(most)}) AS counted`;
  return { text, values };
}

/** By way of the claims: there is one for each unfinished run, and they are few beside the runs. */
function unfinished(userId: string, query: RunFilterDto, condition: string): { from: string; values: unknown[] } {
  const { conditions, values } = filter(userId, query, 'r.');
  const from = `
  FROM workflows w
  JOIN claims c ON c.workflow_id = w.id
  JOIN workflow_runs r ON r.retention = c.retention AND r.id = c.run_id
  WHERE w.user_id = $1 AND ${condition} AND ${conditions.join(' AND ')}`;
  return { from, values };
}
