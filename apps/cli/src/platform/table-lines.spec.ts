import { expect, it } from 'vitest';
import { tableLines } from './table-lines.js';

it('a table has texts to the left and numbers to the right', () => {
  const rows = [
    ['secrets.value', 7],
    ['x', 1_000],
  ];
  expect(tableLines(['column', 'left'], rows)).toEqual([
    'column         left',
    'secrets.value     7',
    'x              1000',
  ]);
  expect(tableLines(['key'], [])).toEqual(['key']);
});
