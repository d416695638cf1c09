import { expect, it } from 'vitest';
import { table } from './table.js';

it('sets numbers to the right, texts to the left, and goes on in the next line under a last column that is long', () => {
  const long = Array.from({ length: 30 }, (_, i) => `word${i}`).join(' ');
  const lines = table(
    ['name', 'runs', 'kinds'],
    [
      ['a', 1_000, long],
      ['bcdefg', 2, 'x'],
    ],
  ).split('\n');
  expect(lines[0]).toBe('  name    runs  kinds');
  expect(lines[1]).toMatch(/^ {2}a {7}1000 {2}word0 word1/);
  expect(lines[2]).toMatch(/^ {16}word/);
  expect(lines.at(-1)).toBe('  bcdefg     2  x');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
});
