import type { RunFilterDto } from '@app/contracts';
import { filter, type Statement } from '../run-list.sql.js';
import { hasRetry } from './retry.sql.js';

/**
 * A batch of a user's runs that a filter leaves and that have no retry, the oldest first.
 * @param after the last run of the batch before
 * @param until id of the first run that is too young: what a request makes is not its business
 */
export function unretried(userId: string, query: RunFilterDto, after: string, until: string, most: number): Statement {
  const { from, values } = runsOf(userId, query);
  const [first, end] = [`$${values.push(after)}`, `$${values.push(until)}`];
  const text = `
SELECT r.id ${from} AND r.id > ${first} AND r.id < ${end} AND NOT ${hasRetry}
ORDER BY r.id LIMIT $${values.push(most)}`;
  return { text, values };
}

/** How many of a user's runs that a filter leaves have a retry, counted to `most`. */
export function retried(userId: string, query: RunFilterDto, most: number): Statement {
  const { from, values } = runsOf(userId, query);
  const limit = `$${values.push(most)}`;
  const text = `SELECT count(*)::int AS count FROM (SELECT ${from} AND ${hasRetry} LIMIT ${limit}) AS counted`;
  return { text, values };
}

/** Runs of deleted workflows are never done again, nor are tests of one step. */
function runsOf(userId: string, query: RunFilterDto): { from: string; values: unknown[] } {
  const { conditions, values } = filter(userId, query, 'r.');
  const from = `
FROM workflow_runs r JOIN workflows w ON w.id = r.workflow_id AND w.user_id = r.user_id AND w.deleted_at IS NULL
WHERE ${conditions.join(' AND ')} AND r.trigger->>'type' <> 'test'`;
  return { from, values };
}
