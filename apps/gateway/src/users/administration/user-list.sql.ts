import { isId, type UserListQuery } from '@app/contracts';
import { TOTAL_LIMIT } from '../../http/paging.js';
import type { UserRow } from '../user-changes.js';

interface Statement {
  text: string;
  values: unknown[];
}

/** A row of the list, with where a search found it. */
export interface ListedUser extends UserRow {
  part: number;
  sort_key: string;
}

/** Where a page ends: the id; in a search also which index found it (0 address, 1 name) and what is in there. */
export type UserKey = readonly [id: string] | readonly [id: string, part: string, sortKey: string];

const columns = `id, email, email_verified_at, name, avatar, roles, provider, provider_id, kind, owner_id, metadata,
  is_active, version, deletion_due_at, created_at, updated_at, deleted_at`;

/** One user. $1 id. */
export const userSql = `SELECT ${columns} FROM users WHERE id = $1 AND deleted_at IS NULL`;

/** What the address and the name are found by; the collation makes the index good for prefixes and for their order. */
const searched = ['lower(email) COLLATE "C"', 'lower(name) COLLATE "C"'] as const;

/**
 * One page of accounts. Without a search the newest first. A search reads two ranges of indexes, those whose address
 * begins like that and then the others whose name does, each in the order of its index and no further than the page.
 */
export function userPage(query: UserListQuery, after: UserKey | undefined): Statement {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const offset = after === undefined ? (query.page - 1) * query.limit : 0;
  const wanted = offset + query.limit + 1;
  const filters = filtersOf(query, bind);
  if (query.q === undefined) {
    if (after !== undefined) filters.push(`id < ${bind(after[0])}::uuid`);
    const where = filters.join(' AND ');
    const text = `SELECT ${columns} FROM users WHERE ${where} ORDER BY kind, id DESC LIMIT ${wanted} OFFSET ${offset}`;
    return { text, values };
  }
  const parts = partsOf(query.q, bind).map(({ key, conditions }, part) => {
    const where = [...filters, ...conditions, ...resumeAt(key, part, after, bind)].join(' AND ');
    return `(SELECT ${columns}, ${part} AS part, ${key} AS sort_key FROM users WHERE ${where}
             ORDER BY ${key}, id LIMIT ${wanted})`;
  });
  const text = `SELECT * FROM (${parts.join(' UNION ALL ')}) AS found
    ORDER BY part, sort_key COLLATE "C", id LIMIT ${query.limit + 1} OFFSET ${offset}`;
  return { text, values };
}

/** How many accounts the filters leave, counted to one more than the limit of totals. */
export function userTotal(query: UserListQuery): Statement {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const filters = filtersOf(query, bind);
  const ranges = query.q === undefined ? [[]] : partsOf(query.q, bind).map(({ conditions }) => conditions);
  const most = TOTAL_LIMIT + 1;
  const counted = ranges.map(
    (range) => `(SELECT FROM users WHERE ${[...filters, ...range].join(' AND ')} LIMIT ${most})`,
  );
  const text = `SELECT count(*)::int AS total FROM (SELECT FROM (${counted.join(' UNION ALL ')}) AS each LIMIT ${most}) AS counted`;
  return { text, values };
}

/** Reads the cursor's key off a row. */
export function cursorOf({ q }: UserListQuery): (row: ListedUser) => UserKey {
  return ({ id, part, sort_key }) => (q === undefined ? [id] : [id, String(part), sort_key]);
}

/** Whether a key is one of this list. */
export function isUserKey({ q }: UserListQuery): (key: unknown) => key is UserKey {
  return (key): key is UserKey => {
    if (!Array.isArray(key) || !isId(key[0])) return false;
    if (q === undefined) return key.length === 1;
    return key.length === 3 && (key[1] === '0' || key[1] === '1') && typeof key[2] === 'string';
  };
}

function filtersOf({ kind, is_active, role }: UserListQuery, bind: (value: unknown) => string): string[] {
  // Written as constants, so that the indexes of those who are rare can be used: their conditions are constants too.
  const filters = [`kind = ${bind(kind)}`, 'deleted_at IS NULL'];
  if (is_active !== undefined) filters.push(is_active ? 'is_active' : 'NOT is_active');
  if (role !== undefined) filters.push(role === 'admin' ? `'admin' = ANY (roles)` : `'user' = ANY (roles)`);
  return filters;
}

function partsOf(q: string, bind: (value: unknown) => string): { key: string; conditions: string[] }[] {
  const pattern = `lower(${bind(escaped(q))}) || '%'`;
  const [address, name] = searched;
  return [
    { key: address, conditions: [`${address} LIKE ${pattern}`] },
    { key: name, conditions: [`${name} LIKE ${pattern}`, `${address} NOT LIKE ${pattern}`] },
  ];
}

function resumeAt(key: string, part: number, after: UserKey | undefined, bind: (value: unknown) => string): string[] {
  if (after === undefined) return [];
  const [id, endedIn, sortKey] = after;
  if (Number(endedIn) > part) return ['false'];
  if (Number(endedIn) < part) return [];
  return [`(${key}, id) > (${bind(sortKey)}, ${bind(id)}::uuid)`];
}

/** Text as a pattern of LIKE that matches itself. */
function escaped(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
