import { isId, validationFailed } from '@app/contracts';

/** Totals are counted up to here; above it a count would read the whole table. */
export const TOTAL_LIMIT = 10_000;

export interface Page<T> {
  data: T[];
  page: number;
  limit: number;
  /** Absent when a cursor was sent. */
  total?: number;
  total_is_lower_bound?: true;
  /** Absent on the last page. */
  next_cursor?: string;
}

/**
 * The answer of a list.
 * @param rows up to `limit + 1` rows: one more than is shown tells that there is a next page
 * @param total counted with a limit of TOTAL_LIMIT + 1; undefined when a cursor was sent
 * @param cursorOf the sort key of a row, which the next page starts after
 */
export function pageOf<T>(
  rows: readonly T[],
  query: { page: number; limit: number },
  total: number | undefined,
  cursorOf: (row: T) => readonly string[],
): Page<T> {
  const data = rows.slice(0, query.limit);
  const last = data.at(-1);
  return {
    data,
    page: query.page,
    limit: query.limit,
    ...(total !== undefined && { total: Math.min(total, TOTAL_LIMIT) }),
    ...(total !== undefined && total > TOTAL_LIMIT && { total_is_lower_bound: true as const }),
    ...(rows.length > query.limit && last !== undefined && { next_cursor: encodeCursor(cursorOf(last)) }),
  };
}

/** A cursor is opaque to clients: the sort key of the last row they saw. */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * The sort key in a cursor.
 * @param isKey what the list's keys look like: a forged cursor must not reach SQL
 * @throws AppError VALIDATION_FAILED
 */
export function decodeCursor<K extends readonly string[]>(cursor: string, isKey: (key: unknown) => key is K): K {
  const key = parse(cursor);
  if (isKey(key)) return key;
  throw validationFailed([{ field: 'cursor', message: 'is not a cursor of this list' }]);
}

/** Whether a key is one id: the cursor of lists in the order of their ids. */
export function isIdKey(key: unknown): key is readonly [string] {
  return Array.isArray(key) && key.length === 1 && isId(key[0]);
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
