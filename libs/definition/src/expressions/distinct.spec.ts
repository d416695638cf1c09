import { describe, expect, it } from 'vitest';
import { distinctOf } from './distinct.js';
import { Expression } from './expression.js';

const evaluate = (text: string): Promise<unknown> => Expression.compile(text).evaluate({}, { nowMs: 0, seed: 's' });

describe('distinctOf', () => {
  it.each([
    [
      [1, 1, 2, 1],
      [1, 2],
    ],
    [
      [1, '1', true, 'true', null, 'null', 1],
      [1, '1', true, 'true', null, 'null'],
    ],
    [
      [{ a: 1, b: 2 }, { b: 2, a: 1 }, { a: 1 }],
      [{ a: 1, b: 2 }, { a: 1 }],
    ],
    [
      [[1], ['1'], [1], [[1]], '[1]'],
      [[1], ['1'], [[1]], '[1]'],
    ],
    [
      [{ a: [] }, { a: {} }, { a: null }, {}],
      [{ a: [] }, { a: {} }, { a: null }, {}],
    ],
    [
      ['{"a":1}', { a: 1 }, '{"a":1}'],
      ['{"a":1}', { a: 1 }],
    ],
  ])('of %j', (list, expected) => {
    expect(distinctOf(list)).toEqual(expected);
  });

  it('is the $distinct of expressions, thousands of values included', async () => {
    expect(await evaluate('$distinct([3, 1, 3])')).toEqual([3, 1]);
    expect(await evaluate('$distinct([{"a": 1}, {"a": 2}, {"a": 1}].a)')).toEqual([1, 2]);
    expect(await evaluate('$distinct([{"a": 1}, {"a": 1}].a)')).toBe(1);
    expect(await evaluate('$distinct("x")')).toBe('x');
    expect(await evaluate('$distinct(nothing)')).toBeUndefined();
    expect(await evaluate('$count($distinct([1..9000]))')).toBe(9_000);
  });
});
