import { expect, it } from 'vitest';
import { LazyExpression } from './lazy-expression.js';

const context = { nowMs: 0, seed: '' };

/** About as long as one may be. Twenty-five of them are more than a process keeps. */
const long = (i: number): LazyExpression => new LazyExpression(`"${i}${'x'.repeat(16_000)}"`);

it('An expression is compiled once, until others are used in its place', async () => {
  const [first, second] = [new LazyExpression('input.a'), new LazyExpression('input.b')];
  const trees = [first.syntaxTree, second.syntaxTree];
  expect([first.syntaxTree, second.syntaxTree]).toEqual(trees);
  const others = Array.from({ length: 80 }, (_, i) => long(i));
  for (const other of others) {
    await other.evaluate({}, context);
    await second.evaluate({ input: { b: 1 } }, context);
  }
  expect(first.syntaxTree).not.toBe(trees[0]);
  expect(second.syntaxTree).toBe(trees[1]);
  expect(await first.evaluate({ input: { a: 1 } }, context)).toBe(1);
});

it('What does not parse fails each time, and only when it is asked', async () => {
  const expression = new LazyExpression('(');
  await expect(expression.evaluate({}, context)).rejects.toThrow('Expected ")"');
  await expect(expression.evaluate({}, context)).rejects.toThrow('Expected ")"');
});
