import type { Parser } from './parser.js';

/**
 * An absolute URL with one of the given schemes and a host, kept as it was written.
 * @param schemes without the colon: `https`, `postgres`
 */
export function url(...schemes: readonly [string, ...string[]]): Parser<string> {
  return {
    expects: `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    parse: (text) => {
      if (!URL.canParse(text) || !text.includes('://')) return undefined;
      return schemes.includes(new URL(text).protocol.slice(0, -1)) ? text : undefined;
    },
    write: String,
  };
}
