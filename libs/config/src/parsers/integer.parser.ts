import type { Parser } from './parser.js';

/** A whole number without a unit. */
export const integer: Parser<number> = {
  expects: 'a whole number',
  parse: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : undefined),
  write: String,
};
