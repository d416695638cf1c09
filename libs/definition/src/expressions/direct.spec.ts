import * as fc from 'fast-check';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { compileDirect, undecided } from './direct.js';
import { Expression } from './expression.js';
import { plainData } from './plain-data.js';

const SEED = 20_261_130;
const names = ['a', 'b', 'c', '`long name`'];

const path = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
const literal = fc.constantFrom('0', '1', '2.5', '"x"', '""', '"12"', 'true', 'false', 'null');
const operator = fc.constantFrom('+', '-', '*', '/', '%', '<', '<=', '>', '>=', '=', '!=', 'and', 'or', '&');

/** Expressions of the kinds that are evaluated at once, and some that are not. */
const { text } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    path,
    literal,
    fc.tuple(tie('text'), operator, tie('text')).map(([left, op, right]) => `(${left}) ${op} (${right})`),
    fc
      .tuple(tie('text'), tie('text'), tie('text'))
      .map(([condition, yes, no]) => `(${condition}) ? (${yes}) : (${no})`),
    tie('text').map((value) => `-(${value})`),
    fc.tuple(tie('text'), tie('text')).map(([first, second]) => `{"a": ${first}, "b": ${second}}`),
    tie('text').map((value) => `[${value}]`),
    tie('text').map((value) => `$string(${value})`),
    path.map((list) => `${list}[0]`),
  ),
}));

const { value: data } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, false, 0, -1, 2.5, 1e308, '', 'x', '12'),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'long name', '_jsonata_lambda'), tie('value'), { maxKeys: 4 }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
}));
const scope = fc.record({ a: data, b: data, c: data }, { requiredKeys: [] });

async function outcomeOf(value: () => Promise<unknown>): Promise<unknown> {
  try {
    return { value: plainData(await value()) };
  } catch (error) {
    return { code: (error as { code?: string }).code };
  }
}

describe('a direct evaluation', () => {
  it('says what jsonata says, or nothing', async () => {
    let decided = 0;
    const numRuns = 4_000;
    await fc.assert(
      fc.asyncProperty(text, scope, async (expression, input) => {
        const compiled = jsonata(expression);
        const value = compileDirect(compiled.ast())?.(input) ?? undecided;
        if (value === undecided) return;
        decided += 1;
        expect({ value: plainData(value) }).toEqual(await outcomeOf(() => compiled.evaluate(input)));
      }),
      { seed: SEED, numRuns },
    );
    expect(decided).toBeGreaterThan(numRuns / 10);
  }, 60_000);

  it.each([
    ['input.price * input.count', { price: 2.5, count: 4 }, 10],
    ['{"name": input.name, "total": input.price * 2}', { name: 'x', price: 2 }, { name: 'x', total: 4 }],
    ['input.kind = "a" and input.n >= 3 ? "yes " & input.n : "no"', { kind: 'a', n: 3 }, 'yes 3'],
    ['input.list', { list: [1, [2]] }, [1, [2]]],
    ['-(input.n + 1)', { n: 1 }, -2],
  ])('knows %s', (expression, input, value) => {
    expect(compileDirect(jsonata(expression).ast())?.({ input })).toEqual(value);
  });

  it.each([
    ['a path through a list', 'input.list.x', { list: [{ x: 1 }] }],
    ['a number that JSON lacks', 'input.n * 10', { n: 1e308 }],
    ['what would be an error', 'input.text + 1', { text: 'x' }],
    ['whether an object has members', 'input and true', { a: 1 }],
    ['the comparison of long texts', 'input.text < input.text', { text: 'x'.repeat(10_001) }],
    ['the equality of long texts', 'input.text = input.text', { text: 'x'.repeat(10_001) }],
    ['a long text', 'input.text & input.text', { text: 'x'.repeat(6_000) }],
    ['a number that is written in more than one way', 'input.n & ""', { n: 0.1 }],
  ])('leaves %s to jsonata', (_what, expression, input) => {
    expect(compileDirect(jsonata(expression).ast())?.({ input })).toBe(undecided);
  });

  it.each([
    '$sum(input.list)',
    'input.list[0]',
    'input.*',
    '$.a',
    '{"a": 1, "a": 2}',
    '{"__proto__": 1}',
    'a.b.c.d.e.f.g.h.i.j.k',
  ])('does not know %s', (expression) => expect(compileDirect(jsonata(expression).ast())).toBeUndefined());

  it('is bounded: a longer expression is not one', () => {
    const sum = Array.from({ length: 101 }, () => '1').join('+');
    expect(compileDirect(jsonata(sum).ast())).toBeUndefined();
  });

  /** Begins a turn of the event loop in which no expression has been evaluated yet. */
  const freshTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

  it('is done at once', async () => {
    const expression = Expression.compile('input.n + 1');
    await freshTurn();
    expect(expression.use({ input: { n: 1 } }, { nowMs: 0, seed: '' }, (value) => value)).toBe(2);
  });

  it('may not make more than an expression may', async () => {
    const members = Array.from({ length: 40 }, (_, i) => `"${i}": input`).join(', ');
    const expression = Expression.compile(`{${members}}`);
    const large = { input: { text: 'x'.repeat(1_000_000) } };
    await freshTurn();
    const use = (): unknown => expression.use(large, { nowMs: 0, seed: '' }, (value) => value);
    expect(use).toThrow(/may/);
  });
});
