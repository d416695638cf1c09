import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { keepsProcessor } from '../../../../../test/sandbox/keeps-processor.js';
import { builtInNames, deterministicNames } from '../bounded-functions.js';
import { ExpressionError } from '../expression.error.js';
import { Expression } from '../expression.js';

/**
 * Each built-in, kind of node and operator, over `$n` numbers, `$w` words, `$r` records, an object `$o`, the texts `$t` and `$u`
 * (which has characters of two units), and their size `$s`.
 */
const operations = JSON.parse(readFileSync(new URL('./every-operation.json', import.meta.url), 'utf8')) as Record<
  'builtIns' | 'nodes' | 'operators' | 'suffixes',
  Record<string, string[]>
>;
const source = readFileSync(createRequire(import.meta.url).resolve('jsonata'), 'utf8');

const range = <T>(size: number, item: (i: number) => T): T[] => Array.from({ length: size }, (_, i) => item(i));
const NAMES = { n: 'numbers', w: 'words', r: 'records', o: 'object', t: 'text', u: 'units', s: 'size' };
const HEAD = Object.entries(NAMES)
  .map(([name, member]) => `$${name} := input.${member};`)
  .join(' ');
/** The most that an input of 1 MiB may hold of each, and ever smaller parts of it. */
const inputs = range(12, (i) => {
  const part = (most: number): number => Math.floor(most / 2 ** i);
  return {
    size: part(1_000_000),
    numbers: range(part(95_000), (n) => n % 10),
    words: range(part(95_000), (n) => `w${n % 10_000}`),
    records: range(part(30_000), (n) => ({ a: n % 7, k: 'k' })),
    object: Object.fromEntries(range(part(36_000), (n) => [`k${n}`, [1]])),
    nested: [range(part(99_000), () => ({ a: 1 }))],
    text: 'a '.repeat(part(500_000)),
    units: '😀'.repeat(part(250_000)),
  };
});
const measure = keepsProcessor();

describe.each(Object.entries(operations))('Of all %s', (_kind, cases) => {
  it.each(Object.entries(cases))('%s does not keep the processor with the most that it takes', async (_name, texts) => {
    for (const text of texts) {
      let taken: number | undefined;
      for (const [i, input] of inputs.entries()) {
        const isOver = await measure(`${text} over 1/${2 ** i}`, () => isOverLimit(`(${HEAD} ${text})`, input));
        if (!isOver) taken = input.size;
        if (!isOver) break;
      }
      expect(taken, `${text} takes nothing`).toBeDefined();
    }
  });
});

async function isOverLimit(text: string, input: object): Promise<boolean> {
  try {
    await Expression.compile(text).evaluate({ input }, { nowMs: 0, seed: 'operations' });
    return false;
  } catch (error) {
    if (error instanceof ExpressionError) return error.overLimit;
    throw error;
  }
}

describe('What is listed', () => {
  it('is each built-in', () => {
    expect(Object.keys(operations.builtIns).sort()).toEqual([...builtInNames, ...deterministicNames, 'range'].sort());
  });

  it('is each built-in that jsonata has', () => {
    const bound = [...source.matchAll(/staticFrame\.bind\('(\w+)'/g)].map(([, name]) => name);
    expect(bound.length).toBeGreaterThan(50);
    for (const name of bound) expect(Object.keys(operations.builtIns)).toContain(name);
  });

  it('is each kind of node and each operator that jsonata evaluates', () => {
    expect(casesOf('async function evaluate(expr')).toEqual(Object.keys(operations.nodes));
    const operators = ['Binary', 'Unary', 'NumericExpression', 'EqualityExpression', 'ComparisonExpression'];
    const cases = [...operators, 'BooleanExpression'].flatMap((name) => casesOf(`function evaluate${name}(`));
    expect([...new Set(cases)].sort()).toEqual(Object.keys(operations.operators).sort());
  });
});

/** What the `switch` in a function of jsonata has cases for. */
function casesOf(head: string): string[] {
  const begin = source.indexOf(head);
  expect(begin, head).toBeGreaterThan(0);
  const end = source.indexOf('\n    /**', begin);
  return [...source.slice(begin, end).matchAll(/case '([^']+)'/g)].map(([, name]) => String(name));
}
