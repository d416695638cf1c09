import { firstIdAt, validationFailed, type RunFilterDto } from '@app/contracts';
import { runColumns } from '@app/database';
import { TOTAL_LIMIT } from '../http/paging.js';
import type { AllRunsQuery } from '../http/run-list.dto.js';

export interface Statement {
  text: string;
  values: unknown[];
}

/**
 * One page of a user's runs, newest first. Ids are made in the order of time, so that the primary order, the cursor
 * and the bounds of time are one index range, and partitions of other times are not even opened.
 * @param after the last run of the page before, when the list is read by cursor
 */
export function runPage(userId: string, query: AllRunsQuery, after: string | undefined): Statement {
  const { conditions, values } = filter(userId, query);
  if (after !== undefined) conditions.push(`id < $${values.push(after)}`);
  const limit = `$${values.push(query.limit + 1)}`;
  const offset = `$${values.push(after === undefined ? (query.page - 1) * query.limit : 0)}`;
  const where = conditions.join(' AND ');
  const text = `SELECT ${runColumns} FROM workflow_runs WHERE ${where} ORDER BY id DESC LIMIT ${limit} OFFSET ${offset}`;
  return { text, values };
}

/** How many runs the filters leave, counted to one more than the limit of totals. */
export function runTotal(userId: string, query: AllRunsQuery): Statement {
  const { conditions, values } = filter(userId, query);
  const counted = `SELECT FROM workflow_runs WHERE ${conditions.join(' AND ')} LIMIT ${TOTAL_LIMIT + 1}`;
  return { text: `SELECT count(*)::int AS total FROM (${counted}) AS counted`, values };
}

/**
 * What a filter asks of rows of `workflow_runs`, as conditions with the values they name, $1 being the user.
 * @param of in front of columns, where they have to be told from those of another table: `r.`
 */
export function filter(userId: string, query: RunFilterDto, of = ''): { conditions: string[]; values: unknown[] } {
  const values: unknown[] = [userId];
  const conditions = [`${of}user_id = $1`];
  const add = (condition: string, value: unknown) => {
    if (value !== undefined) conditions.push(`${of}${condition} $${values.push(value)}`);
  };
  add('workflow_id =', query.workflow_id);
  add('status =', query.status);
  add(`trigger->>'type' =`, query.trigger);
  add('id >=', firstIdOf('since', query.since));
  add('id <', firstIdOf('until', query.until));
  add('correlation_id =', query.correlation_id);
  if (query.tag !== undefined) {
    add('tags @>', [query.tag]);
    // The index is about runs that have tags.
    conditions.push(`${of}tags <> '{}'`);
  }
  return { conditions, values };
}

/** The grammar of RFC 3339 lets 31 February and leap seconds pass; the calendar does not. */
function firstIdOf(field: string, time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) throw validationFailed([{ field, message: 'is not a time that exists' }]);
  return firstIdAt(ms);
}
