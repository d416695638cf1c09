import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { keepsProcessor } from '../../../../../test/sandbox/keeps-processor.js';
import { ExpressionError } from '../expression.error.js';
import { Expression } from '../expression.js';

interface Killers {
  overLimit: string[];
  harmless: string[];
}

const killers = JSON.parse(readFileSync(new URL('./killers.json', import.meta.url), 'utf8')) as Killers;
const pid = process.pid;
const measure = keepsProcessor();
const evaluate = async (text: string): Promise<unknown> =>
  measure(text, () => Expression.compile(text).evaluate({ input: { a: 1 } }, { nowMs: 0, seed: 'killers' }));

describe('An expression that would stop, block or end the process', () => {
  it.each(killers.overLimit)('is over its limit: %s', async (text) => {
    await expect(evaluate(text)).rejects.toMatchObject({ name: 'ExpressionError', overLimit: true });
    expect(process.pid).toBe(pid);
  });

  it.each(killers.harmless)('reaches nothing outside its data: %s', async (text) => {
    const result = await evaluate(text).catch((error: unknown) => error);
    if (result instanceof Error) expect(result).toBeInstanceOf(ExpressionError);
    else expect(JSON.parse(JSON.stringify(result ?? null))).toEqual(result ?? null);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(await evaluate('$string($sum([1..3]))')).toBe('6');
    expect(process.pid).toBe(pid);
  });

  it.each(['$contains("a", /(?=a)/)', '$contains("a", /(?<!b)a/)', '$contains("aa", /(a)\\1/)'])(
    'is refused when it is saved: %s',
    (text) => {
      expect(() => Expression.compile(text)).toThrow(/look-around and back references are not available/);
    },
  );

  it.each([
    `$match("", /${'.{0,1000}'.repeat(100)}/)`,
    `$match("", /((a{99}){99}){99}/)`,
    `$match("", /(${'a'.repeat(990)}){1000}/)`,
    `(${'$match("", /(a{30}){30}/);'.repeat(500)}1)`,
  ])('is refused before an automaton is built, when it is saved: %.40s', (text) => {
    expect(() => Expression.compile(text)).toThrow(/may come to at most 4000 characters/);
  });

  it.each([
    ['$match("ab12cd34", /[a-z]+(\\d+)/).groups', ['12', '34']],
    ['$replace("John Smith", /(\\w+)\\s(\\w+)/, "$2, $1")', 'Smith, John'],
    ['$split("a, b ;c", /\\s*[,;]\\s*/)', ['a', 'b', 'c']],
    ['$contains("ABRA", /bra/i)', true],
    ['$map(["abc", "xyz"], $substring(?, 1, 1))', ['b', 'y']],
    ['("abc").$uppercase()', 'ABC'],
  ])('leaves %s as it was', async (text, expected) => {
    expect(await evaluate(text)).toEqual(expected);
  });
});
