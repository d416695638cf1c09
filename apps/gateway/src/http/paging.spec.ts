import { newId } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, isIdKey, pageOf } from './paging.js';

const query = { page: 1, limit: 2 };
const rows = [newId(), newId(), newId()];
const keyOf = (id: string) => [id];

describe('pageOf', () => {
  it('shows the limit and says where the next page starts', () => {
    const page = pageOf(rows, query, 3, keyOf);
    expect(page).toEqual({ data: rows.slice(0, 2), page: 1, limit: 2, total: 3, next_cursor: expect.any(String) });
    expect(decodeCursor(page.next_cursor ?? '', isIdKey)).toEqual([rows[1]]);
  });

  it('has no next page after the last row', () => {
    expect(pageOf(rows.slice(0, 2), query, 2, keyOf)).not.toHaveProperty('next_cursor');
  });

  it('has no total with a cursor, and a lower bound when there are too many to count', () => {
    expect(pageOf(rows, query, undefined, keyOf)).not.toHaveProperty('total');
    expect(pageOf(rows, query, 10_001, keyOf)).toMatchObject({ total: 10_000, total_is_lower_bound: true });
    expect(pageOf(rows, query, 10_000, keyOf)).not.toHaveProperty('total_is_lower_bound');
  });
});

describe('decodeCursor', () => {
  it.each(['', 'x', '%', encodeCursor([]), encodeCursor(['1; DROP TABLE users']), encodeCursor([newId(), 'more'])])(
    'refuses %j',
    (cursor) => {
      expect(() => decodeCursor(cursor, isIdKey)).toThrow(
        expect.objectContaining({ code: 'VALIDATION_FAILED', errors: [expect.objectContaining({ field: 'cursor' })] }),
      );
    },
  );
});
