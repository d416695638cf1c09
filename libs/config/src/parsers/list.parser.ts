import type { Parser } from './parser.js';

/** Several values between commas; the empty text is the empty list. One wrong item makes the whole list wrong. */
export function listOf<T>(item: Parser<T>): Parser<T[]> {
  return {
    expects: `a comma-separated list, each ${item.expects}`,
    takesEmpty: true,
    parse: (text) => {
      const parts = text.split(',').map((part) => part.trim());
      const values = parts.filter((part) => part !== '').map((part) => item.parse(part));
      return values.every((value) => value !== undefined) ? values : undefined;
    },
    write: (values) => values.map((value) => item.write(value)).join(','),
  };
}
