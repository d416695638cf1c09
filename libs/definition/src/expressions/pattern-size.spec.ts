import { RE2JS } from 're2js';
import { expect, it } from 'vitest';
import { patternSize } from './pattern-size.js';

it.each([
  'a',
  'abc|d*e+f?',
  '[a-z0-9._%+-]+@[a-z0-9.-]+\\.[a-z]{2,6}',
  '\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}',
  '(\\w+)\\s(\\w+)',
  '(?:a|b){3,}x{0,5}',
  '(a{30}){30}',
  '((a{10}b){10}){10}',
  '.{0,500}.{0,500}',
  '[]a{9}]{20}',
  '[^]a{9}\\]]{20}',
  '\\[(a{9}){9}\\]',
  '\\p{L}{100}\\x{61}{10}',
  '(?<name>ab){50}',
  '(?i:ab){50}',
  '\\{a{50}\\}',
])('the automaton of /%s/ is not much larger', (pattern) => {
  const built = RE2JS.compile(pattern).programSize();
  expect(patternSize(pattern)).toBeGreaterThan(built / 3 - 2);
  expect(patternSize(pattern)).toBeLessThan(built * 3 + 10);
});
