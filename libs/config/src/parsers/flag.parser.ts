import type { Parser } from './parser.js';

const yes = new Set(['true', '1', 'yes', 'on']);
const no = new Set(['false', '0', 'no', 'off']);

/** A switch: true or false. */
export const flag: Parser<boolean> = {
  expects: 'true or false',
  parse: (text) => (yes.has(text.toLowerCase()) ? true : no.has(text.toLowerCase()) ? false : undefined),
  write: String,
};
