import type { Parser } from './parser.js';

/** Any text. */
export const text: Parser<string> = { expects: 'a text', parse: (value) => value, write: String };
