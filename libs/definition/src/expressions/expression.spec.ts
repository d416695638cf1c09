import { describe, expect, it } from 'vitest';
import { Expression, type Scope } from './expression.js';
import { ExpressionError } from './expression.error.js';

const context = { nowMs: Date.parse('2026-03-01T12:00:00Z'), seed: 'run/step' };
const evaluate = (text: string, scope: Scope = {}): Promise<unknown> =>
  Expression.compile(text).evaluate(scope, context);

describe('Expression', () => {
  it('reads the scope', async () => {
    expect(
      await evaluate('input.items[price > 2].name', {
        input: {
          items: [
            { name: 'a', price: 3 },
            { name: 'b', price: 1 },
          ],
        },
      }),
    ).toBe('a');
    expect(await evaluate('steps.gone.output', { steps: {} })).toBeUndefined();
  });

  it('gives plain data: what is in memory is what the journal gives back', async () => {
    const result = await evaluate('[1..3].{"n": $}');
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(Object.keys(result as object)).toEqual(['0', '1', '2']);
    expect(await evaluate('{"f": function($x){$x}, "inf": 1e300}')).toEqual({ inf: 1e300 });
  });

  it('says the same time and the same random numbers in every replay', async () => {
    expect(await evaluate('$now()')).toBe('2026-03-01T12:00:00.000Z');
    expect(await evaluate('$random()')).toBe(await evaluate('$random()'));
    expect(await evaluate('$shuffle([1..20])')).toEqual(await evaluate('$shuffle([1..20])'));
    expect(await Expression.compile('$random()').evaluate({}, { ...context, seed: 'other' })).not.toBe(
      await evaluate('$random()'),
    );
  });

  it.each([
    ['an endless recursion', '($f := function($x){$f($x)}; $f(1))'],
    ['a huge range', '$sum([1..9999999])'],
    ['a huge range as text', '$string([1..5000000])'],
    ['a huge text', '$length($pad("x", 3e8))'],
    ['a deep recursion', '($f := function($x){1 + $f($x)}; $f(1))'],
    ['a long loop', '$sum($map([1..90000], function($x){ $x * 2 }))'],
  ])('stops %s and leaves the process alone', async (_what, text) => {
    await expect(evaluate(text)).rejects.toMatchObject({ name: 'ExpressionError', overLimit: true });
  });

  it('makes hundreds of groups, members and items side by side', async () => {
    const items = Array.from({ length: 400 }, (_, i) => ({ k: `k${i}` }));
    expect(Object.keys((await evaluate('items{k: 1}', { items })) as object)).toHaveLength(400);
    const list = `[${items.map(() => 'items[0].k').join(',')}]`;
    expect(await evaluate(list, { items })).toEqual(items.map(() => 'k0'));
  });

  it('has no $eval', async () => {
    await expect(evaluate('$eval("1+1")')).rejects.toBeInstanceOf(ExpressionError);
  });

  it('quotes the expression in its error', async () => {
    expect(() => Expression.compile('input.(')).toThrow(/^input\.\(: /);
    await expect(evaluate('"a" + 1')).rejects.toThrow(/"a" \+ 1: .*must evaluate to a number/);
  });

  it('counts the budget of overlapping evaluations separately', async () => {
    const sum = (count: number): Expression => Expression.compile(`$sum($map([1..${count}], function($x){ $x }))`);
    // What V8 has not compiled yet takes ten times as long, and time is bounded, too.
    for (let round = 0; round < 20; round += 1) await sum(100).evaluate({}, context);
    const expression = sum(1_000);
    const results = await Promise.all(Array.from({ length: 10 }, () => expression.evaluate({}, context)));
    expect(new Set(results)).toEqual(new Set([500_500]));
  });
});
