import type { Parser } from './parser.js';

/** OAuth scopes between spaces (RFC 6749 §3.3); commas are taken too. */
export const scopes: Parser<string[]> = {
  expects: 'scopes between spaces, such as openid email profile',
  parse: (text) => {
    const names = text.split(/[\s,]+/).filter((name) => name !== '');
    return names.every((name) => /^[!#-[\]-~]+$/.test(name)) ? names : undefined;
  },
  write: (names) => names.join(' '),
};
