import { applyDecorators, Get, Header } from '@nestjs/common';

/**
 * Nothing but what comes from here: no inline script, no frame around the page, no form that is sent without the script
 * (it would put a password into an address), and no HTML made of text.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** A page at an address of its own, under a content security policy of its own. */
export function Page(path: string): MethodDecorator {
  return applyDecorators(
    Get(path),
    Header('content-type', 'text/html; charset=utf-8'),
    Header('content-security-policy', POLICY),
    Header('cache-control', 'no-cache'),
    // Links in mails hold a token behind the `#`, which no referrer has; the address itself is nobody's business too.
    Header('referrer-policy', 'no-referrer'),
  );
}
