import type { Parser } from './parser.js';

/** One of a closed set of words. */
export function choice<T extends string>(values: Readonly<Record<string, T>>): Parser<T> {
  const words = Object.values(values);
  return {
    expects: `one of ${words.join(', ')}`,
    parse: (text) => words.find((word) => word === text.toLowerCase()),
    write: String,
  };
}
