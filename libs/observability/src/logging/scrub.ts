import { REDACTED } from './redact.js';

/** What gives a secret away in the middle of a text, and what stays of it. */
const patterns: readonly [RegExp, string][] = [
  // user:password@ in a URL, as drivers put it into their messages
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/"]*):[^\s@/"]+@/gi, `$1:${REDACTED}@`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9+/=_.~-]{16,}/gi, `$1 ${REDACTED}`],
  // a JSON Web Token, signed or encrypted
  [/\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){2,4}/g, REDACTED],
  [/([?&](?:[a-z_]*token|ticket|code|state|password|[a-z_]*secret|api_?key|signature)=)[^&\s"\\]+/gi, `$1${REDACTED}`],
  // whoever knows a hook's address may start its workflow
  [/(\/hooks\/)[A-Za-z0-9_-]{8,}/g, `$1${REDACTED}`],
];

/** Removes secrets from a text: passwords in URLs, bearer tokens, JWTs, tokens in queries and hook addresses. */
export function scrub(text: string): string {
  return patterns.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text);
}
