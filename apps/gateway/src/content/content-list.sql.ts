import { isId, type ContentListQuery } from '@app/contracts';
import { TOTAL_LIMIT } from '../http/paging.js';
import { contentSummaryColumns, type ContentSummaryRow } from './content.sql.js';

export interface Statement {
  text: string;
  values: unknown[];
}

/** A row of a list, with its place in it. */
export interface ListedContentRow extends ContentSummaryRow {
  /** When it was created, in microseconds since 1970. */
  place: string;
  /** How well it matches the words that were looked for; null without any. */
  rank: string | null;
}

/** Where a page begins: after this place and id, and of a search after this rank. */
export type ContentKey = readonly [place: string, id: string] | readonly [place: string, id: string, rank: string];

/** Whether a key is one of this list, or of its searches: what reaches SQL is a number that PostgreSQL reads. */
export function isContentKey(isSearch: boolean): (key: unknown) => key is ContentKey {
  return (key): key is ContentKey =>
    Array.isArray(key) &&
    key.length === (isSearch ? 3 : 2) &&
    /^\d{1,16}$/.test(String(key[0])) &&
    isId(key[1]) &&
    (!isSearch || /^\d(?:\.\d{1,20})?(?:e-\d{1,2})?$/.test(String(key[2])));
}

const place = '(extract(epoch FROM created_at) * 1000000)::bigint::text AS place';
const placed = (n: string): string => `timestamptz 'epoch' + ${n}::bigint * interval '1 microsecond'`;

/**
 * One page of an account's content, the newest first; of a search the best matches first. Of more than TOTAL_LIMIT matches the
 * newest ones are compared: a search for a word that is everywhere costs no more than that.
 * @param after the last one of the page before, when the list is read by cursor
 */
export function contentPage(userId: string, query: ContentListQuery, after: ContentKey | undefined): Statement {
  const { conditions, values, words } = filter(userId, query);
  const where = conditions.join(' AND ');
  const begin = after === undefined ? undefined : [placed(`$${values.push(after[0])}`), `$${values.push(after[1])}`];
  const offset = after === undefined ? (query.page - 1) * query.limit : 0;
  const range = `LIMIT $${values.push(query.limit + 1)} OFFSET $${values.push(offset)}`;
  if (words === undefined) {
    const from = begin === undefined ? '' : ` AND (created_at, id) < (${begin.join(', ')}::uuid)`;
    const text = `SELECT ${contentSummaryColumns}, ${place}, NULL AS rank FROM content
      WHERE ${where}${from} ORDER BY created_at DESC, id DESC ${range}`;
    return { text, values };
  }
  const from =
    begin === undefined
      ? ''
      : `WHERE (rank, created_at, id) < ($${values.push(after?.[2])}::float8, ${begin.join(', ')}::uuid)`;
  const text = `WITH newest AS (
      SELECT ${contentSummaryColumns}, search FROM content WHERE ${where} ORDER BY created_at DESC, id DESC LIMIT ${TOTAL_LIMIT}
    ), ranked AS (SELECT ${contentSummaryColumns}, ts_rank(search, ${words})::float8 AS rank FROM newest)
    SELECT ${contentSummaryColumns}, ${place}, rank::text FROM ranked ${from}
    ORDER BY rank DESC, created_at DESC, id DESC ${range}`;
  return { text, values };
}

/** How much content the filters leave, counted to one more than the limit of totals. */
export function contentTotal(userId: string, query: ContentListQuery): Statement {
  const { conditions, values } = filter(userId, query);
  const counted = `SELECT FROM content WHERE ${conditions.join(' AND ')} LIMIT ${TOTAL_LIMIT + 1}`;
  return { text: `SELECT count(*)::int AS total FROM (${counted}) AS counted`, values };
}

interface Filter {
  conditions: string[];
  values: unknown[];
  /** The words that are looked for, as an expression; undefined without any. */
  words?: string;
}

function filter(userId: string, { type, status, q, deleted = false }: ContentListQuery): Filter {
  const values: unknown[] = [userId];
  const conditions = ['user_id = $1', `is_deleted = ${deleted}`];
  if (type !== undefined) conditions.push(`type = $${values.push(type)}`);
  if (status !== undefined) conditions.push(`status = $${values.push(status)}`);
  if (q === undefined) return { conditions, values };
  const words = `websearch_to_tsquery('simple', $${values.push(q)})`;
  // Words of the row besides those of its text: the index finds what is theirs, is asked for and matches.
  const facts = { owner: userId, type, status };
  const factWords = Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : [`$${values.push(asWord(`${name}:${value}`))}::tsquery`],
  );
  // Text without a word in it is in nothing.
  conditions.push(`search @@ (${[...factWords, words].join(' && ')}) AND numnode(${words}) > 0`);
  return { conditions, values, words };
}

/** One word of a `tsquery`, as it is: in quotes, and with what means something in them doubled. */
function asWord(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '$&$&')}'`;
}
