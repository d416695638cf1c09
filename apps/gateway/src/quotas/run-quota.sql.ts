/** Who answers for what an account uses: the person, or the one whose machine it is. $1 account. */
export const quotaHolderSql = 'SELECT coalesce(owner_id, id) AS holder FROM users WHERE id = $1';

/**
 * How many runs of a person and their machines are parked, counted to a limit: held by nobody until a time or an event.
 * Runs that wait for room in the workflow service are due and do not count. $1 person, $2 where to stop counting.
 */
export const parkedRunsSql = `
SELECT count(*)::int AS parked FROM (
  SELECT FROM users u
  JOIN workflows w ON w.user_id = u.id
  JOIN claims c ON c.workflow_id = w.id AND c.owner IS NULL AND c.run_at > now()
  WHERE u.id = $1 OR u.owner_id = $1
  LIMIT $2
) AS counted`;
