import { expect, it } from 'vitest';
import { Expression } from './expression.js';

it('Long expressions let everything else of the process have its turn, however many there are', async () => {
  const long = Expression.compile('($f := function($x){ $x > 1e9 ? 1 : $f($x + 1) }; $f(1))');
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const all = await Promise.allSettled(Array.from({ length: 8 }, () => long.evaluate({}, { nowMs: 0, seed: 's' })));
  isOver = true;
  expect(all.every(({ status }) => status === 'rejected')).toBe(true);
  expect(turns).toBeGreaterThan(4);
});
