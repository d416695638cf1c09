import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { keepsProcessor } from '../../../../../test/sandbox/keeps-processor.js';
import { Expression } from '../expression.js';

const listed = JSON.parse(readFileSync(new URL('./large-inputs.json', import.meta.url), 'utf8')) as {
  overLimit: string[];
};

const range = <T>(size: number, item: (i: number) => T): T[] => Array.from({ length: size }, (_, i) => item(i));
/** Each is about the 1 MiB that an input may have, in the shape that makes most work. */
const input = {
  numbers: range(95_000, (i) => i % 10),
  records: range(30_000, (i) => ({ a: i % 7, k: 'k' })),
  nested: [range(99_000, () => ({ a: 1 }))],
  deeper: [[[[range(95_000, () => 1)]]]],
  lists: Object.fromEntries(range(36_000, (i) => [`k${i}`, [1]])),
  members: Object.fromEntries(range(36_000, (i) => [`k${i}`, 1])),
  text: 'a '.repeat(500_000),
};
const measure = keepsProcessor();

describe('An expression that goes through a large input again and again', () => {
  it.each(listed.overLimit)('is over its limit: %s', async (text) => {
    const result = measure(text, () => Expression.compile(text).evaluate({ input }, { nowMs: 0, seed: 'killers' }));
    await expect(result).rejects.toMatchObject({
      overLimit: true,
      message: expect.stringMatching(/EXPRESSION_MAX_STEPS|at most/),
    });
  });

  it('may do so once', async () => {
    for (const text of [
      '$count(input.numbers)',
      '$count(input.records)',
      '$append(input.records, 1)[-1]',
      '$lookup(input.members, "k7")',
      'input.nested.a[0]',
      '$length(input.text)',
      'input.deeper and true',
    ]) {
      expect(await Expression.compile(text).evaluate({ input }, { nowMs: 0, seed: '' })).toBeDefined();
    }
  });
});
